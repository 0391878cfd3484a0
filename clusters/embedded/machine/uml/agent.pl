#!/usr/bin/perl
# Runs commands in a machine for whoever connects: one connection, one command. Only modules of perl-base; one process for all, as a fork is dear in user-mode Linux.
# usage: agent.pl ADDRESS PORT [NETWORK NAMESPACE TO LISTEN IN]
# Frames, both ways: a letter, the length (32 bits, big-endian), the content.
#   to us:   A arguments, separated by NUL   I standard input   E its end
#   from us: O standard output   X standard error   S exit code, the last frame
# A connection that ends before that ends the command: SIGTERM to its process group, SIGKILL a second later.
use strict;
use warnings;
use Errno qw(EAGAIN EINTR);
use Fcntl qw(F_GETFL F_SETFL O_NONBLOCK);
use IO::Socket::INET;
use POSIX ();
use Time::HiRes qw(time);

my ($address, $port, $namespace) = @ARGV;
my $MOST_HELD = 256 * 1024;
my $GRACE_S = 1;

$SIG{PIPE} = 'IGNORE';
%ENV = (PATH => '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', HOME => '/root', LC_ALL => 'C');
chdir '/';

# setns(2) of x86-64, CLONE_NEWNET: listens in the namespace, and runs commands in the machine's own.
sub enter {
	my ($path) = @_;
	open my $file, '<', $path or die "$path: $!\n";
	syscall(308, fileno $file, 0x40000000) == 0 or die "setns to $path: $!\n";
}
enter($namespace) if $namespace;
my $server = IO::Socket::INET->new(LocalAddr => $address, LocalPort => $port, Listen => 128, ReuseAddr => 1) or die "cannot listen on $address:$port: $!\n";
enter('/proc/1/ns/net') if $namespace;

sub unblock {
	my ($file) = @_;
	fcntl $file, F_SETFL, fcntl($file, F_GETFL, 0) | O_NONBLOCK;
}

my @commands;

sub frame { my ($command, $letter, $content) = @_; $command->{out} .= $letter . pack('N', length $content) . $content; }

sub start {
	my ($command, @argv) = @_;
	pipe my $in_read, my $in_write;
	pipe my $out_read, my $out_write;
	pipe my $error_read, my $error_write;
	my $pid = fork;
	if (!defined $pid) { frame($command, 'X', "agent: cannot fork: $!\n"); frame($command, 'S', 126); return; }
	if ($pid == 0) {
		POSIX::setsid();
		POSIX::dup2(fileno $in_read, 0);
		POSIX::dup2(fileno $out_write, 1);
		POSIX::dup2(fileno $error_write, 2);
		$SIG{PIPE} = 'DEFAULT';
		{ no warnings 'exec'; exec {$argv[0]} @argv; }
		my $code = $!{ENOENT} ? 127 : 126;
		syswrite STDERR, "agent: failed to execute $argv[0]: $!\n";
		POSIX::_exit($code);
	}
	@$command{qw(pid stdin)} = ($pid, $in_write);
	$command->{pipes} = {O => $out_read, X => $error_read};
	unblock($_) for $in_write, $out_read, $error_read;
}

sub take_frames {
	my ($command) = @_;
	while (length $command->{in} >= 5) {
		my ($letter, $length) = unpack 'aN', $command->{in};
		return if length $command->{in} < 5 + $length;
		my $content = substr $command->{in}, 5, $length;
		substr($command->{in}, 0, 5 + $length) = '';
		if ($letter eq 'A') { start($command, split /\0/, $content, -1); }
		# A program need not read its input: what comes after it closed that, or ended, is dropped.
		elsif ($letter eq 'I') { $command->{input} .= $content if $command->{stdin}; }
		elsif ($letter eq 'E') { $command->{input_ends} = 1; }
	}
}

# Undefined: nothing to read now; empty: the end.
sub take {
	my ($file) = @_;
	my $count = sysread $file, my $bytes, 65536;
	return defined $count ? $bytes : ($!{EAGAIN} || $!{EINTR}) ? undef : '';
}

sub give {
	my ($file, $held) = @_;
	my $count = syswrite $file, $$held, 65536;
	if (defined $count) { substr($$held, 0, $count) = ''; return 1; }
	return $!{EAGAIN} || $!{EINTR};
}

sub abandon {
	my ($command) = @_;
	close delete $command->{socket};
	delete @$command{qw(stdin pipes)};
	$command->{out} = '';
	return unless defined $command->{pid};
	kill 'TERM', -$command->{pid};
	$command->{kill_at} = time + $GRACE_S;
}

# Sends the exit code once nobody can write output any more.
sub reap {
	my ($command) = @_;
	return if !defined $command->{pid} || %{$command->{pipes} // {}};
	if (defined $command->{kill_at} && time >= $command->{kill_at}) { kill 'KILL', -$command->{pid}; }
	return if waitpid($command->{pid}, POSIX::WNOHANG()) != $command->{pid};
	my $signal = $? & 127;
	delete $command->{pid};
	delete $command->{stdin};
	frame($command, 'S', $signal ? 128 + $signal : $? >> 8) if $command->{socket};
}

while (1) {
	my ($reads, $writes, $pause) = ('', '', undef);
	vec($reads, fileno $server, 1) = 1;
	for my $command (@commands) {
		vec($reads, fileno $command->{socket}, 1) = 1 if $command->{socket};
		vec($writes, fileno $command->{socket}, 1) = 1 if $command->{socket} && length $command->{out};
		vec($writes, fileno $command->{stdin}, 1) = 1 if $command->{stdin} && (length $command->{input} || $command->{input_ends});
		if (length $command->{out} < $MOST_HELD) { vec($reads, fileno $_, 1) = 1 for values %{$command->{pipes} // {}}; }
		# Its output has ended or nobody wants it: its own end comes within a moment, and without an event.
		$pause = 0.02 if defined $command->{pid} && !%{$command->{pipes} // {}};
	}
	select $reads, $writes, undef, $pause;
	if (vec $reads, fileno $server, 1) {
		my $socket = $server->accept;
		if ($socket) { unblock($socket); push @commands, {socket => $socket, in => '', out => '', input => ''}; }
	}
	for my $command (@commands) {
		my $pipes = $command->{pipes} // {};
		for my $letter (keys %$pipes) {
			next unless vec $reads, fileno $pipes->{$letter}, 1;
			my $bytes = take($pipes->{$letter});
			next unless defined $bytes;
			if (length $bytes) { frame($command, $letter, $bytes); }
			else { close delete $pipes->{$letter}; }
		}
		if ($command->{stdin} && vec $writes, fileno $command->{stdin}, 1) {
			my $taken = !length $command->{input} || give($command->{stdin}, \$command->{input});
			close delete $command->{stdin} if !$taken || (!length $command->{input} && $command->{input_ends});
		}
		if ($command->{socket} && vec $reads, fileno $command->{socket}, 1) {
			my $bytes = take($command->{socket});
			if (defined $bytes && !length $bytes) { abandon($command); }
			elsif (defined $bytes) { $command->{in} .= $bytes; take_frames($command); }
		}
		reap($command);
		if ($command->{socket} && length $command->{out}) { abandon($command) unless give($command->{socket}, \$command->{out}); }
	}
	# The client closes once it has the exit code: a socket closed here, with input unread, would reset the connection and take the code with it.
	@commands = grep { $_->{socket} || defined $_->{pid} } @commands;
}
