import test from 'ava';
import type {Packet} from '../../model/verdict.ts';
import {brief, dumpOf, from, HERE, NODE_IP, OUTSIDE, POD, VIP} from '../fixtures/small.ts';
import {traceIptables} from '../trace.ts';

type Tables = Readonly<Record<string, readonly string[]>>;

const TO_VIP = from(POD, `${VIP}:80`);
const nat = (...rules: readonly string[]): Tables => ({nat: rules});
const filter = (...rules: readonly string[]): Tables => ({filter: rules});
/** Rules that say by DROP whether a mark is set. */
const dropsMark = (mark: string) => [`-A FORWARD -m mark --mark ${mark} -j DROP`];

const ROWS: ReadonlyArray<readonly [name: string, tables: Tables, expected: string, packet?: Packet, drops?: readonly string[]]> = [
	['nothing', {}, 'leaves'],
	['nothing, to the node', {}, 'node', from(POD, `${NODE_IP}:80`)],
	['DNAT', nat('-A PREROUTING -j DNAT --to-destination 10.0.0.9:8080'), '10.0.0.9:8080'],
	['DNAT without a port', nat('-A PREROUTING -j DNAT --to-destination 10.0.0.9'), '10.0.0.9:80'],
	['DNAT of the port alone', nat('-A PREROUTING -j DNAT --to-destination :8080'), `${VIP}:8080`],
	[
		'DNAT to several addresses',
		nat('-A PREROUTING -j DNAT --to-destination 10.0.0.9-10.0.0.10:8080 --random'),
		'10.0.0.9:8080 10.0.0.10:8080',
	],
	['DNAT to several ports', nat('-A PREROUTING -j DNAT --to-destination 10.0.0.9:80-90'), 'unknown'],
	['DNAT to nowhere', nat('-A PREROUTING -j DNAT'), 'unknown'],
	['DNAT to an address of the node', nat('-A PREROUTING -j DNAT --to-destination 192.168.0.2:8080'), '192.168.0.2:8080'],
	['REDIRECT', nat('-A PREROUTING -p tcp -j REDIRECT --to-ports 8080'), 'node'],
	[
		'REDIRECT, then the port in INPUT',
		{
			nat: ['-A PREROUTING -p tcp -j REDIRECT --to-ports 8080'],
			filter: ['-A INPUT -d 192.168.0.2/32 -p tcp -m tcp --dport 8080 -j DROP'],
		},
		'dropped',
	],
	[
		'the first DNAT decides',
		nat('-A PREROUTING -j DNAT --to-destination 10.0.0.9:1', '-A PREROUTING -j DNAT --to-destination 10.0.0.9:2'),
		'10.0.0.9:1',
	],
	[
		'MASQUERADE',
		nat('-A PREROUTING -j DNAT --to-destination 10.0.0.9:80', '-A POSTROUTING -j MASQUERADE --random-fully'),
		'10.0.0.9:80!',
	],
	['SNAT', nat('-A PREROUTING -j DNAT --to-destination 10.0.0.9:80', '-A POSTROUTING -j SNAT --to-source 192.168.0.2'), '10.0.0.9:80!'],
	[
		'MASQUERADE does not see what stays on the node',
		nat('-A PREROUTING -j DNAT --to-destination 192.168.0.2:80', '-A POSTROUTING -j MASQUERADE'),
		'192.168.0.2:80',
	],
	[
		"MASQUERADE of the node's own packet to itself",
		nat('-A OUTPUT -j DNAT --to-destination 192.168.0.2:80', '-A POSTROUTING -j MASQUERADE'),
		'192.168.0.2:80!',
		from(NODE_IP, `${VIP}:80`),
	],
	[
		'MASQUERADE by the outgoing interface',
		nat('-A PREROUTING -j DNAT --to-destination 10.0.0.9:80', '-A POSTROUTING -o eth0 -j MASQUERADE'),
		'10.0.0.9:80',
	],
	['DROP', filter('-A FORWARD -j DROP'), 'dropped'],
	['REJECT', filter('-A FORWARD -j REJECT --reject-with tcp-reset'), 'refused'],
	['ACCEPT before DROP', filter('-A FORWARD -j ACCEPT', '-A FORWARD -j DROP'), 'leaves'],
	['ACCEPT of one table does not bind another', {filter: ['-A FORWARD -j ACCEPT'], security: ['-A FORWARD -j DROP']}, 'dropped'],
	['LOG and its like go on', filter('-A FORWARD -j LOG', '-A FORWARD -j NFLOG', '-A FORWARD', '-A FORWARD -j DROP'), 'dropped'],
	[
		'RETURN from a base chain is its policy',
		filter('-A FORWARD -j RETURN', '-A FORWARD -j ACCEPT'),
		'dropped',
		TO_VIP,
		['filter FORWARD'],
	],
	['the policy', {filter: []}, 'dropped', TO_VIP, ['filter FORWARD']],
	["the policy of INPUT is not FORWARD's", {filter: []}, 'leaves', TO_VIP, ['filter INPUT']],
	['a jump comes back', filter('-A FORWARD -j one', '-A FORWARD -j DROP', '-A one -j RETURN', '-A one -j ACCEPT'), 'dropped'],
	[
		'a goto does not',
		filter('-A FORWARD -j one', '-A FORWARD -j DROP', '-A one -g two', '-A one -j ACCEPT', '-A two -j RETURN'),
		'dropped',
	],
	['a goto from a base chain ends in its policy', filter('-A FORWARD -g one', '-A FORWARD -j DROP', '-A one -j RETURN'), 'leaves'],
	['a jump in a circle', filter('-A FORWARD -j one', '-A one -j two', '-A two -j one'), 'unknown'],
	['a chain that is not there', filter('-A FORWARD -j gone'), 'unknown'],
	['a target that is not known', filter('-A FORWARD -j NFQUEUE --queue-num 1'), 'unknown'],
	['a target that is not known, for others', filter('-A FORWARD -p udp -j NFQUEUE --queue-num 1'), 'leaves'],
	['--set-xmark', {mangle: ['-A PREROUTING -j MARK --set-xmark 0x4000/0x4000'], filter: dropsMark('0x4000/0x4000')}, 'dropped'],
	[
		'--set-xmark with no mask turns bits',
		{
			mangle: ['-A PREROUTING -j MARK --set-xmark 0x4001/0xffffffff', '-A PREROUTING -j MARK --set-xmark 0x4000/0x0'],
			filter: dropsMark('0x1'),
		},
		'dropped',
	],
	[
		'--set-mark keeps what the mask leaves',
		{mangle: ['-A PREROUTING -j MARK --set-mark 0x81', '-A PREROUTING -j MARK --set-mark 0x2/0xf'], filter: dropsMark('0x82')},
		'dropped',
	],
	[
		'--and-mark, --or-mark, --xor-mark',
		{
			mangle: [
				'-A PREROUTING -j MARK --or-mark 0xff',
				'-A PREROUTING -j MARK --and-mark 0xf0',
				'-A PREROUTING -j MARK --xor-mark 0x30',
			],
			filter: dropsMark('0xc0'),
		},
		'dropped',
	],
	[
		'the highest bit',
		{mangle: ['-A PREROUTING -j MARK --set-xmark 0x80000000/0x80000000'], filter: dropsMark('0x80000000/0x80000000')},
		'dropped',
	],
	[
		'CONNMARK',
		{
			mangle: [
				'-A PREROUTING -j MARK --set-xmark 0x5/0xffffffff',
				'-A PREROUTING -j CONNMARK --save-mark --nfmask 0xff --ctmask 0xff',
				'-A PREROUTING -j MARK --set-xmark 0x0/0xffffffff',
				'-A FORWARD -j CONNMARK --restore-mark --nfmask 0xff --ctmask 0xff',
			],
			filter: dropsMark('0x5'),
		},
		'dropped',
	],
	[
		'NOTRACK: no NAT',
		{
			raw: ['-A PREROUTING -j CT --notrack'],
			nat: ['-A PREROUTING -j DNAT --to-destination 10.0.0.9:80'],
			filter: ['-A FORWARD -m conntrack --ctstate UNTRACKED -j DROP'],
		},
		'dropped',
	],
	[
		'CT with a zone still tracks',
		{raw: ['-A PREROUTING -j CT --zone 1'], nat: ['-A PREROUTING -j DNAT --to-destination 10.0.0.9:80']},
		'10.0.0.9:80',
	],
	['before connection tracking all is INVALID', {raw: ['-A PREROUTING -m conntrack --ctstate INVALID -j DROP']}, 'dropped'],
	[
		'the state DNAT after translation',
		{nat: ['-A PREROUTING -j DNAT --to-destination 10.0.0.9:80'], filter: ['-A FORWARD -m conntrack --ctstate DNAT -j DROP']},
		'dropped',
	],
	[
		'the state DNAT not without a change',
		{nat: [`-A PREROUTING -j DNAT --to-destination ${VIP}:80`], filter: ['-A FORWARD -m conntrack --ctstate DNAT -j DROP']},
		`${VIP}:80`,
	],
	[
		'the filter sees the translated address',
		{
			nat: ['-A PREROUTING -j DNAT --to-destination 10.0.0.9:8080'],
			filter: ['-A FORWARD -d 10.0.0.9/32 -p tcp -m tcp --dport 8080 -j REJECT'],
		},
		'refused',
	],
	[
		'the filter of what is translated to the node is INPUT',
		{nat: ['-A PREROUTING -j DNAT --to-destination 192.168.0.2:80'], filter: ['-A INPUT -j DROP']},
		'dropped',
	],
	[
		'chance',
		filter(
			'-A FORWARD -m statistic --mode random --probability 0.25000000000 -j DROP',
			'-A FORWARD -m statistic --mode nth --every 3 --packet 0 -j REJECT',
		),
		'25% dropped, 25% refused, 50% leaves',
	],
	[
		'chance that is negated',
		filter('-A FORWARD -m statistic --mode random ! --probability 0.25000000000 -j DROP'),
		'25% leaves, 75% dropped',
	],
	[
		'no chance, and all of it',
		filter(
			'-A FORWARD -m statistic --mode random --probability 0.00000000000 -j REJECT',
			'-A FORWARD -m statistic --mode random --probability 1.00000000000 -j DROP',
		),
		'dropped',
	],
	[
		'half is translated to where it goes anyway',
		nat(`-A PREROUTING -m statistic --mode random --probability 0.50000000000 -j DNAT --to-destination ${VIP}:80`),
		`50% ${VIP}:80, 50% leaves`,
	],
	[
		'chance among backends',
		nat(
			'-A PREROUTING -m statistic --mode random --probability 0.50000000000 -j DNAT --to-destination 10.0.0.8:80',
			'-A PREROUTING -j DNAT --to-destination 10.0.0.9:80',
		),
		'10.0.0.8:80 10.0.0.9:80',
	],
	[
		'one backend by two ways',
		nat(
			'-A PREROUTING -m statistic --mode random --probability 0.50000000000 -j DNAT --to-destination 10.0.0.9:80',
			'-A PREROUTING -j DNAT --to-destination 10.0.0.9:80',
		),
		'10.0.0.9:80',
	],
	['what the node sends: nat OUTPUT', nat('-A OUTPUT -j DNAT --to-destination 10.0.0.9:80'), '10.0.0.9:80', from(NODE_IP, `${VIP}:80`)],
	[
		'what the node sends: filter OUTPUT after translation',
		{nat: ['-A OUTPUT -j DNAT --to-destination 10.0.0.9:80'], filter: ['-A OUTPUT -d 10.0.0.9/32 -j REJECT']},
		'refused',
		from(NODE_IP, `${VIP}:80`),
	],
	[
		'what the node sends: not FORWARD, not nat PREROUTING',
		{nat: ['-A PREROUTING -j DNAT --to-destination 10.0.0.9:80'], filter: ['-A FORWARD -j DROP', '-A INPUT -j DROP']},
		'leaves',
		from(NODE_IP, `${VIP}:80`),
	],
	[
		'what the node sends to itself comes in through loopback, NEW as before',
		{filter: ['-A INPUT -i lo -m conntrack --ctstate NEW -j REJECT']},
		'refused',
		from(NODE_IP, `${NODE_IP}:80`),
	],
	[
		'what the node sends to itself is not translated a second time',
		nat('-A PREROUTING -j DNAT --to-destination 10.0.0.9:80'),
		'node',
		from(NODE_IP, `${NODE_IP}:80`),
	],
	[
		'what the node sends to itself keeps its mark',
		{mangle: ['-A OUTPUT -j MARK --set-xmark 0x1/0x1'], filter: ['-A INPUT -m mark --mark 0x1/0x1 -j DROP']},
		'dropped',
		from(NODE_IP, `${NODE_IP}:80`),
	],
	[
		'mangle comes before nat',
		{mangle: ['-A PREROUTING -d 172.30.0.41/32 -j DROP'], nat: ['-A PREROUTING -j DNAT --to-destination 10.0.0.9:80']},
		'dropped',
	],
	[
		'from outside as from a pod',
		nat('-A PREROUTING -i eth0 -j DNAT --to-destination 10.0.0.9:80'),
		'10.0.0.9:80',
		from(OUTSIDE, `${VIP}:80`),
	],
	['IPv6 packets do not see rules of IPv4', filter('-A FORWARD -j DROP'), 'leaves', from('fd00:10::2', '[fd00:172:30::41]:80')],
];

for (const [name, tables, expected, packet = TO_VIP, drops = []] of ROWS) {
	test(name, t => {
		const verdict = traceIptables(dumpOf(tables, drops), HERE, packet);
		t.is(brief(verdict), expected, verdict.because);
	});
}

test('IPv6', t => {
	const dump = dumpOf(
		{
			nat: [
				'-A PREROUTING -d fd00:172:30::41/128 -p tcp -m tcp --dport 80 -j DNAT --to-destination [fd00:10::9]:8080',
				'-A POSTROUTING -s fd00:10::/64 -j MASQUERADE',
			],
		},
		[],
		'ipv6',
	);
	t.is(brief(traceIptables(dump, HERE, from('fd00:10::2', '[fd00:172:30::41]:80'))), '[fd00:10::9]:8080!');
});

const sticky = (changes: (rules: readonly string[]) => readonly string[]) =>
	dumpOf({
		nat: changes([
			'-A PREROUTING -j svc',
			'-A svc -m recent --rcheck --seconds 30 --reap --name A --rsource -j a',
			'-A svc -m recent --rcheck --seconds 30 --reap --name B --rsource -j b',
			'-A svc -m statistic --mode random --probability 0.50000000000 -j a',
			'-A svc -j b',
			'-A a -m recent --set --name A --rsource -j DNAT --to-destination 10.0.0.8:80',
			'-A b -m recent --set --name B --rsource -j DNAT --to-destination 10.0.0.9:80',
		]),
	});

for (const [name, change, expected] of [
	['for as long as the rules say', rule => [rule], '10.0.0.8:80 10.0.0.9:80 30 s'],
	['not where a backend is not remembered', rule => [rule.replace('-m recent --set --name B --rsource ', '')], '10.0.0.8:80 10.0.0.9:80'],
	[
		'not where nobody looks for one',
		rule => (rule.includes('--rcheck') && rule.includes('--name B') ? [] : [rule]),
		'10.0.0.8:80 10.0.0.9:80',
	],
	[
		'not where a list leads to another backend',
		rule => [rule.replace('--name A --rsource -j a', '--name A --rsource -j b')],
		'10.0.0.8:80 10.0.0.9:80',
	],
	[
		'not with different times',
		rule => [rule.replace('--seconds 30 --reap --name A', '--seconds 31 --reap --name A')],
		'10.0.0.8:80 10.0.0.9:80',
	],
] as readonly (readonly [string, (rule: string) => readonly string[], string])[]) {
	test(`affinity: ${name}`, t =>
		t.is(
			brief(
				traceIptables(
					sticky(rules => rules.flatMap(change)),
					HERE,
					TO_VIP,
				),
			),
			expected,
		));
}

test('affinity: not where a single backend is remembered and nobody asks', t => {
	t.is(
		brief(
			traceIptables(
				dumpOf(nat('-A PREROUTING -m recent --set --name A --rsource -j DNAT --to-destination 10.0.0.8:80')),
				HERE,
				TO_VIP,
			),
		),
		'10.0.0.8:80',
	);
});

test('the deciding rule is quoted, with table and chain', t => {
	const because = (tables: Tables, packet = TO_VIP, drops: readonly string[] = []) =>
		traceIptables(dumpOf(tables, drops), HERE, packet).because;
	t.is(
		because(filter('-A FORWARD -j one', '-A one -j DROP')),
		'filter one: -A one -j DROP, reached by filter FORWARD: -A FORWARD -j one',
	);
	t.is(because({filter: []}, TO_VIP, ['filter FORWARD']), 'filter FORWARD: policy drop');
	t.is(because({}), `${VIP} is elsewhere, and no rule translates, drops or refuses it`);
	t.is(sticky(rules => rules).remainder.length, 0);
	t.is(
		traceIptables(
			sticky(rules => rules),
			HERE,
			TO_VIP,
		).because,
		'nat PREROUTING: -A PREROUTING -j svc',
	);
	t.is(
		because(nat('-A PREROUTING -j DNAT --to-destination 10.0.0.9:80', '-A POSTROUTING -j MASQUERADE')),
		'nat PREROUTING: -A PREROUTING -j DNAT --to-destination 10.0.0.9:80; source rewritten by nat POSTROUTING: -A POSTROUTING -j MASQUERADE',
	);
});
