# Watches ARP on one interface for some IPv4 addresses, and asks for them at an interval, as a host that nobody knows: with a MAC of its
# own and no IP, so that neither the host that this runs on nor anybody who is asked learns anything from it (RFC 5227, ARP probe).
# usage: arp-watch.pl INTERFACE INTERVAL_MS IP...
# Says `ready`, then a line for each packet that gives one of the addresses a MAC: `claim MAC IP` is to everybody (gratuitous),
# `answer MAC IP` to whoever asked. Ends with its standard input.
use strict;
use warnings;
use Time::HiRes qw(time);

my ($device, $interval, @ips) = @ARGV;
my %watched = map { $_ => 1 } @ips;
my ($ARP, $BROADCAST) = (0x0806, "\xff" x 6);
$| = 1;

# A packet(7) socket that sees the frames of all hosts.
socket(my $socket, 17, 3, unpack('S', pack('n', $ARP))) or die "no packet socket: $!\n";
my $request = pack('Z16 x24', $device);
ioctl($socket, 0x8933, $request) or die "$device: $!\n"; # SIOCGIFINDEX
my $index = unpack('x16 i', $request);
bind($socket, pack('S n i S C C x8', 17, $ARP, $index, 0, 0, 0)) or die "bind to $device: $!\n";
setsockopt($socket, 263, 1, pack('i S S x8', $index, 1, 0)) or die "promiscuous $device: $!\n"; # PACKET_ADD_MEMBERSHIP

my $own = pack('C6', 2, map { int rand 256 } 1 .. 5);
sub ask {
	for my $ip (@ips) {
		my $frame = $BROADCAST . $own . pack('n n n C C n', $ARP, 1, 0x0800, 6, 4, 1);
		$frame .= $own . "\0" x 4 . "\0" x 6 . pack('C4', split /\./, $ip) . "\0" x 18;
		# A link that is down for a moment takes nothing.
		send($socket, $frame, 0);
	}
}

sub heard {
	defined recv($socket, my $frame, 2048, 0) or return;
	return if length $frame < 42;
	my ($to, $operation, $mac, $ip) = unpack('a6 x14 n a6 a4', $frame);
	$ip = join '.', unpack('C4', $ip);
	return if !$watched{$ip};
	printf "%s %s %s\n", $to eq $BROADCAST ? 'claim' : 'answer', join(':', map { sprintf '%02x', $_ } unpack('C6', $mac)), $ip;
}

print "ready\n";
my $next = time;
while (1) {
	my $wait = $next - time;
	if ($wait <= 0) {
		ask();
		$next += $interval / 1000;
		next;
	}
	my $ready = '';
	vec($ready, fileno $socket, 1) = 1;
	vec($ready, fileno STDIN, 1) = 1;
	next if select($ready, undef, undef, $wait) <= 0;
	heard() if vec($ready, fileno $socket, 1);
	exit 0 if vec($ready, fileno STDIN, 1) && !sysread(STDIN, my $rest, 64);
}
