import test from 'ava';
import {tcpDnsStops} from './tcp-dns.ts';

test('rules that stop DNS over TCP, and no others', t => {
	const stops = [
		'-A FORWARD -s 10.244.2.0/24 -p tcp -m tcp --dport 53 -j REJECT --reject-with icmp-port-unreachable',
		'-A MINE -p tcp -m multiport --dports 80,53 -j DROP',
	];
	const others = [
		'-A FORWARD -p udp -m udp --dport 53 -j DROP',
		'-A FORWARD -p tcp -m tcp --dport 5353 -j DROP',
		'-A FORWARD -p tcp -m tcp --dport 53 -j ACCEPT',
		'-A KUBE-SERVICES -d 10.96.0.10/32 -p tcp -m tcp --dport 53 -j REJECT',
		':FORWARD ACCEPT [0:0]',
	];
	t.deepEqual(tcpDnsStops([...stops, ...others].join('\n')), stops);
});
