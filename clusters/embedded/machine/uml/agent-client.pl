#!/usr/bin/perl
# Has the agent of another machine (agent.pl) run a command as if it ran here: standard input, output and error, exit code. Its own end ends the command.
# usage: agent-client.pl LINK ADDRESS PORT ARGUMENT...      LINK: that by which the machine is reached; without its carrier the machine is gone
# What it says itself begins with `agent: `; it then leaves with 126 (not run) or 255 (lost in the middle).
use strict;
use warnings;
use Errno qw(EAGAIN EINTR);
use Fcntl qw(F_GETFL F_SETFL O_NONBLOCK);
use IO::Socket::INET;

my ($link, $address, $port, @argv) = @ARGV;
my $MOST_HELD = 256 * 1024;
my $LOOK_S = 0.5;
my $CONNECT_S = 10;

sub give_up {
	my ($code, $why) = @_;
	print STDERR "agent: $why\n";
	exit $code;
}

sub has_carrier {
	open my $file, '<', "/sys/class/net/$link/carrier" or return 0;
	return (<$file> // 0) == 1;
}

sub put {
	my ($file, $bytes) = @_;
	while (length $bytes) {
		my $count = syswrite $file, $bytes;
		exit 141 unless defined $count;
		substr($bytes, 0, $count) = '';
	}
}

give_up(126, "the machine at $link has no power") unless has_carrier();
my $socket = IO::Socket::INET->new(PeerAddr => $address, PeerPort => $port, Timeout => $CONNECT_S) or give_up(126, "cannot connect to $address: $@");
fcntl $socket, F_SETFL, fcntl($socket, F_GETFL, 0) | O_NONBLOCK;
my $arguments = join "\0", @argv;
my $out = 'A' . pack('N', length $arguments) . $arguments;
my ($in, $reading) = ('', 1);
while (1) {
	my ($reads, $writes) = ('', '');
	vec($reads, fileno $socket, 1) = 1;
	vec($reads, fileno STDIN, 1) = 1 if $reading && length $out < $MOST_HELD;
	vec($writes, fileno $socket, 1) = 1 if length $out;
	my $found = select $reads, $writes, undef, $LOOK_S;
	give_up(255, "the machine at $link lost its power") if $found == 0 && !has_carrier();
	next if $found <= 0;
	if (vec $reads, fileno STDIN, 1) {
		my $count = sysread STDIN, my $bytes, 65536;
		if ($count) { $out .= 'I' . pack('N', $count) . $bytes; }
		else { $out .= 'E' . pack('N', 0); $reading = 0; }
	}
	if (vec $writes, fileno $socket, 1) {
		my $count = syswrite $socket, $out, 65536;
		if (defined $count) { substr($out, 0, $count) = ''; }
		elsif (!$!{EAGAIN} && !$!{EINTR}) { give_up(255, "the connection to $address was lost: $!"); }
	}
	next unless vec $reads, fileno $socket, 1;
	my $count = sysread $socket, my $bytes, 65536;
	next if !defined $count && ($!{EAGAIN} || $!{EINTR});
	give_up(255, "the connection to $address was lost" . (defined $count ? '' : ": $!")) unless $count;
	$in .= $bytes;
	while (length $in >= 5) {
		my ($letter, $length) = unpack 'aN', $in;
		last if length $in < 5 + $length;
		my $content = substr $in, 5, $length;
		substr($in, 0, 5 + $length) = '';
		exit $content if $letter eq 'S';
		put($letter eq 'O' ? *STDOUT : *STDERR, $content);
	}
}
