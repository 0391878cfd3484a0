#!/usr/bin/perl
# Has the kernel of a machine write all that it holds to its disk, by its management console (mconsole), past everything that runs in the machine.
# usage: sync.pl <directory of the machine> <most seconds>
# A kernel that does not answer is left as it is: whoever takes its power wants just that.
use strict;
use warnings;
use Socket;
use Time::HiRes qw(sleep time);

my ($dir, $most) = @ARGV;
# A path of a socket has at most 107 bytes; and the kernel answers to ours as seen from its own root and working directory, where machine/ is the same.
chdir $dir or exit 0;
my ($theirs, $own) = ('machine/uml/machine/mconsole', "machine/sync-$$");
socket my $console, AF_UNIX, SOCK_DGRAM, 0 or die "socket: $!\n";
bind $console, pack_sockaddr_un($own) or die "bind: $!\n";
END { unlink $own if defined $own; }

# arch/um/drivers/mconsole.h: magic, version, length, text; the answer: error, more, length, text.
sub ask {
	my ($text) = @_;
	my $answer = '';
	send($console, pack('LLL', 0xcafebabe, 2, length $text) . pack('a512', $text), 0, pack_sockaddr_un($theirs)) or return;
	while (1) {
		vec(my $reads = '', fileno $console, 1) = 1;
		return unless select $reads, undef, undef, 2;
		recv $console, my $packet, 8192, 0;
		my ($error, $more, $length) = unpack 'lll', $packet;
		$answer .= substr $packet, 12, $length;
		return $answer unless $more;
	}
}

my $until = time + $most;
defined ask('sysrq s') or exit 0;
while (time < $until) {
	sleep 0.2;
	my $memory = ask('proc meminfo') // last;
	my ($dirty) = $memory =~ /^Dirty:\s+(\d+)/m;
	my ($writing) = $memory =~ /^Writeback:\s+(\d+)/m;
	last if !defined $dirty || $dirty + $writing == 0;
}
