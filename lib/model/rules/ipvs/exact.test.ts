import test from 'ava';
import {compare} from '../compare.ts';
import {dumpedCase, dumpedText, IPVS_DUMPS, parsedDump} from '../fixtures/ipvs-dumps.ts';
import type {DumpName} from '../fixtures/ipvs-dumps.ts';
import {IPVS_INJURIES} from '../fixtures/ipvs-injuries.ts';
import type {Difference} from '../graph.ts';
import {actualIpvs} from './actual.ts';
import {expectedIpvs} from './expected.ts';

const PLAIN = '1.36-ranges';

const differences = (name: DumpName, text = dumpedText(name), excludeCIDRs: readonly string[] = []): readonly Difference[] => {
	const {state, node, family, addresses} = dumpedCase(name);
	return compare(expectedIpvs(state, node, family, {addresses}), actualIpvs(parsedDump(text, family), family, excludeCIDRs));
};

for (const name of IPVS_DUMPS) {
	test(`the dump ${name} is what is expected`, t => {
		const {state, node, family, addresses} = dumpedCase(name);
		t.true([...expectedIpvs(state, node, family, {addresses}).values()].flatMap(({parts}) => parts).length > 100);
		t.deepEqual(differences(name), []);
	});
}

test('the dump of one family is not that of the other', t => {
	t.true(
		compare(expectedIpvs(dumpedCase('1.35-mh').state, 'node-1', 'ipv4'), actualIpvs(parsedDump(dumpedText('1.35-mh'), 'ipv6'), 'ipv6'))
			.length > 40,
	);
});

for (const {to = PLAIN, title, injure, difference} of IPVS_INJURIES) {
	test(`injury: ${title}`, t => {
		t.deepEqual(differences(to, injure(dumpedText(to))), [difference]);
	});
}

test('an endpoint in the place of another is told from both sides', t => {
	const found = differences(
		PLAIN,
		dumpedText(PLAIN).replace('-a -t 172.30.0.121:80 -r 10.244.3.2:', '-a -t 172.30.0.121:80 -r 10.244.9.9:'),
	);
	t.deepEqual(
		found.map(({kind, text}) => `${kind} ${text}`),
		['missing -r 10.244.3.2:65535 -m -w 1', 'foreign -r 10.244.9.9:65535 -m -w 1'],
	);
});

const lines = (text: string, change: (line: string) => string): string =>
	text
		.split('\n')
		.map(line => change(line))
		.join('\n');
const after =
	(start: string, added: string) =>
	(text: string): string =>
		lines(text, line => (line.startsWith(start) ? `${line}\n${added}` : line));

const SAME: ReadonlyArray<readonly [title: string, change: (text: string) => string, excludeCIDRs?: readonly string[]]> = [
	['counters', text => lines(text, line => line.replace('[0:0]', '[7:420]').replace(/^-A(?= KUBE-)/, '[7:420] -A'))],
	[
		'the order of entries',
		text => text.replaceAll(/(?:^add .*\n)+/gm, entries => `${entries.trimEnd().split('\n').toReversed().join('\n')}\n`),
	],
	[
		'the sizes of sets that the kernel chose',
		text => text.replaceAll('hashsize 1024', 'hashsize 4096').replaceAll('bucketsize 12', 'bucketsize 4'),
	],
	['an older ipset, which says less', text => text.replaceAll(/ bucketsize 12 initval \S+/g, '')],
	[
		'sets of others',
		after(
			'=== ipset',
			'create KUBE-SRC-ABCDEFGHIJKLMNOP hash:ip family inet hashsize 1024 maxelem 65536\nadd KUBE-SRC-ABCDEFGHIJKLMNOP 10.0.0.1\ncreate mine hash:net family inet hashsize 1024 maxelem 65536',
		),
	],
	[
		'the same length of a range spelled out',
		text => text.replaceAll(/^(add KUBE-LOAD-BALANCER-SOURCE-CIDR .*203\.0\.113\.7)$/gm, '$1/32'),
	],
	[
		'the order of drops',
		text => text.replace(/(?:^-A KUBE-IPVS-OUT-FILTER .*\n)+/m, rules => `${rules.trimEnd().split('\n').toReversed().join('\n')}\n`),
	],
	['an older iptables, which writes --proto', text => text.replaceAll('--vproto', '--proto')],
	['the words that kube-proxy gives to iptables', text => text.replaceAll(/--vproto 17 (--vaddr \S+)/g, '$1 --vproto udp')],
	['a real server of TCP that drains', after('-A -t 172.30.0.121:80', '-a -t 172.30.0.121:80 -r 10.244.9.9:65535 -m -w 0')],
	[
		'weights that share out alike',
		text => lines(text, line => (line.startsWith('-a -t 172.30.0.121:80') ? line.replace('-w 1', '-w 3') : line)),
	],
	[
		'a virtual server in excludeCIDRs',
		after('=== ipvs', '-A -u 192.0.2.9:80 -s rr\n-a -u 192.0.2.9:80 -r 192.0.2.10:80 -g -w 1'),
		['192.0.2.0/24'],
	],
	['a link-local address of the interface', after('=== addresses', 'inet6 fe80::1/64 scope link kube-ipvs0')],
	[
		'chains and rules of others',
		text =>
			text
				.replace('*nat\n', '*nat\n:CNI-HOSTPORT-DNAT - [0:0]\n:KUBE-KUBELET-CANARY - [0:0]\n')
				.replace('-A POSTROUTING ', '-A POSTROUTING -s 10.244.0.0/16 -j MASQUERADE\n-A POSTROUTING '),
	],
];
for (const [title, change, excludeCIDRs] of SAME) {
	test(`no difference: ${title}`, t => {
		t.not(change(dumpedText(PLAIN)), dumpedText(PLAIN));
		t.deepEqual(differences(PLAIN, change(dumpedText(PLAIN)), excludeCIDRs), []);
	});
}

test('an empty node misses everything once', t => {
	const {state, node, family, addresses} = dumpedCase(PLAIN);
	const found = compare(
		expectedIpvs(state, node, family, {addresses}),
		actualIpvs({...parsedDump('', family), bound: undefined}, family),
	);
	t.deepEqual([...new Set(found.map(({kind, text}) => `${kind} ${text}`))].toSorted(), ['missing (whole chain)', 'missing (whole set)']);
});
