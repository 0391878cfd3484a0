import test from 'ava';
import {parseIptablesSave} from '../../../facts/parse/iptables-save.ts';
import {compare} from '../compare.ts';
import {IPTABLES_INJURIES} from '../fixtures/iptables-injuries.ts';
import {NODES, recordedDump, recordedState} from '../fixtures/recorded.ts';
import type {Difference} from '../graph.ts';
import {actualIptables} from './actual.ts';
import {expectedIptables} from './expected.ts';

const state = recordedState('iptables');
const differences = (dump: string, node: string, expected = expectedIptables(state, node, 'ipv4')): readonly Difference[] => {
	const parsed = parseIptablesSave(dump, 'ipv4');
	if (parsed.remainder.length > 0) throw new Error(`not read: ${JSON.stringify(parsed.remainder[0])}`);
	return compare(expected, actualIptables(parsed));
};

for (const node of NODES) {
	test(`the dump of ${node} is what is expected`, t => {
		const expected = expectedIptables(state, node, 'ipv4');
		t.true(expected.size > 250);
		t.deepEqual(differences(recordedDump('iptables', node), node, expected), []);
	});
}

test('the dump of one node is not that of another', t => {
	t.true(differences(recordedDump('iptables', 'worker-1'), 'worker-2').length > 20);
});

const injured = expectedIptables(state, 'worker-1', 'ipv4');
for (const {title, injure, difference} of IPTABLES_INJURIES) {
	test(`injury: ${title}`, t => {
		t.deepEqual(differences(injure(recordedDump('iptables', 'worker-1')), 'worker-1', injured), [difference]);
	});
}

const lines = (dump: string, change: (line: string) => string): string =>
	dump
		.split('\n')
		.map(line => change(line))
		.join('\n');

/** Lines of a pattern in the opposite order, in the places where they were. */
const reversed = (dump: string, pattern: RegExp): string => {
	const turned = dump
		.split('\n')
		.filter(line => pattern.test(line))
		.reverse()
		.values();
	return lines(dump, line => (pattern.test(line) ? (turned.next().value ?? line) : line));
};

const PLAIN = 'KUBE-SVC-4L2NZUDU6Y3XKD7W';
const SAME: ReadonlyArray<readonly [title: string, change: (dump: string) => string]> = [
	['counters', dump => lines(dump, line => line.replace('[0:0]', '[7:420]').replace(/^-A/, '[7:420] -A'))],
	[
		'no comments, as in clusters of more than 1000 endpoints',
		dump =>
			lines(dump, line =>
				/^-A KUBE-(?:SVC|SVL|SEP)-/.test(line) ? line.replace(/ -m comment --comment (?:"[^"]*"|\S+)/, '') : line,
			),
	],
	['the order of Services', dump => reversed(dump, /^-A KUBE-SERVICES -d .* -j KUBE-/)],
	['the order of refusals', dump => reversed(dump, /^-A KUBE-EXTERNAL-SERVICES/)],
	[
		'rules of others around the jumps',
		dump =>
			dump
				.replace('-A INPUT ', '-A INPUT -s 192.0.2.0/24 -j DROP\n-A INPUT ')
				.replace('-A POSTROUTING ', '-A POSTROUTING -s 10.244.0.0/16 -j MASQUERADE\n-A POSTROUTING '),
	],
	[
		'chains of others',
		dump =>
			dump.replace('*nat\n', '*nat\n:CNI-HOSTPORT-DNAT - [0:0]\n:KUBE-POD-FW-ABCDEFGHIJKLMNOP - [0:0]\n:KUBE-MARK-DROP - [0:0]\n'),
	],
	[
		'other rules with the same shares',
		dump =>
			lines(dump, line => {
				if (!line.startsWith(`-A ${PLAIN} -m`)) return line;
				return line
					.replace('LVDI3GOMUPZLTOMM', 'LAST')
					.replace('JULUSVKMMD2FVNVG', 'LVDI3GOMUPZLTOMM')
					.replace('LAST', 'JULUSVKMMD2FVNVG');
			}),
	],
];
for (const [title, change] of SAME) {
	test(`no difference: ${title}`, t => {
		const dump = recordedDump('iptables', 'worker-1');
		t.not(change(dump), dump);
		t.deepEqual(differences(change(dump), 'worker-1', injured), []);
	});
}

test('without nfacct the counting rules are neither there nor expected', t => {
	const dump = recordedDump('iptables', 'worker-1')
		.split('\n')
		.filter(line => !line.includes('localhost_nps_accepted_pkts'))
		.join('\n')
		.replace(' -m nfacct --nfacct-name  ct_state_invalid_dropped_pkts', '');
	t.deepEqual(differences(dump, 'worker-1', expectedIptables(state, 'worker-1', 'ipv4', {nfacct: false})), []);
	t.true(differences(dump, 'worker-1').length > 20);
});

test('an empty dump misses everything once', t => {
	t.deepEqual([...new Set(differences('', 'worker-1').map(({kind, text}) => `${kind} ${text}`))], ['missing (whole chain)']);
});
