import test from 'ava';
import {icmpDrops} from './or-icmp-dropped.ts';

test('rules that drop ICMP messages are found, others are not', t => {
	const text = `table inet guard {
	chain forward {
		type filter hook forward priority filter; policy accept;
		icmp type destination-unreachable drop
		icmp type echo-request accept
		meta l4proto icmp counter packets 3 bytes 200 drop
		tcp dport 80 drop
	}
}
table ip filter {
	chain INPUT {
		ip protocol icmp reject with icmp type admin-prohibited
		tcp dport 81 counter packets 0 bytes 0 reject
	}
}
`;
	t.deepEqual(icmpDrops(text), [
		'inet guard forward: icmp type destination-unreachable drop',
		'inet guard forward: meta l4proto icmp counter packets 3 bytes 200 drop',
		'ip filter INPUT: ip protocol icmp reject with icmp type admin-prohibited',
	]);
});
