import test from 'ava';
import {canonicalCidr, canonicalIp, cidrHolds, hostPort} from './address.ts';

const IPS: readonly (readonly [string, string | undefined])[] = [
	['10.0.0.1', '10.0.0.1'],
	['010.000.0.01', '10.0.0.1'],
	['2001:DB8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
	['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
	['::', '::'],
	['::ffff:10.1.2.3', '10.1.2.3'],
	['::ffff:a01:203', '10.1.2.3'],
	['::1.2.3.4', '::102:304'],
	['fe80::1%eth0', undefined],
	['10.0.0', undefined],
	['10.0.0.256', undefined],
	['', undefined],
];

for (const [text, expected] of IPS) {
	test(`address ${text || 'of nothing'} is ${expected}`, t => t.is(canonicalIp(text), expected));
}

const CIDRS: readonly (readonly [string, string | undefined])[] = [
	[' 10.1.2.3/24 ', '10.1.2.0/24'],
	['10.1.2.3/32', '10.1.2.3/32'],
	['203.0.113.7/0', '0.0.0.0/0'],
	['2001:db8:1:2::5/48', '2001:db8:1::/48'],
	['::1/0', '::/0'],
	['10.0.0.0/33', undefined],
	['10.0.0.0', undefined],
	['10.0.0.0/', undefined],
	['x/8', undefined],
];

for (const [text, expected] of CIDRS) {
	test(`network ${text} is ${expected}`, t => t.is(canonicalCidr(text), expected));
}

const HOLDS: readonly (readonly [string, string, boolean])[] = [
	['10.0.0.0/8', '10.255.0.1', true],
	['10.0.0.0/8', '11.0.0.1', false],
	['10.1.2.3/24', '10.1.2.200', true],
	['0.0.0.0/0', '8.8.8.8', true],
	['0.0.0.0/0', '::1', false],
	['fd00:10::/64', 'fd00:10::1', true],
	['fd00:10::/64', 'fd00:10:0:1::1', false],
	['192.168.0.1/32', '192.168.0.1', true],
	['nonsense', '192.168.0.1', false],
];

for (const [cidr, ip, expected] of HOLDS) {
	test(`${cidr} ${expected ? 'holds' : 'does not hold'} ${ip}`, t => t.is(cidrHolds(cidr, ip), expected));
}

test('an address with its port', t => {
	t.is(hostPort('10.0.0.1', 80), '10.0.0.1:80');
	t.is(hostPort('fd00::1', 80), '[fd00::1]:80');
});
