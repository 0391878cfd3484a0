import test from 'ava';
import {parseNft} from '../../../facts/parse/nft.ts';
import {compare} from '../compare.ts';
import {NFTABLES_INJURIES} from '../fixtures/nftables-injuries.ts';
import {NODES, recordedDump, recordedState} from '../fixtures/recorded.ts';
import type {Difference} from '../graph.ts';
import {actualNftables} from './actual.ts';
import {expectedNftables} from './expected.ts';

const state = recordedState('nftables');
const differences = (dump: string, node: string, expected = expectedNftables(state, node, 'ipv4')): readonly Difference[] => {
	const parsed = parseNft(dump);
	if (parsed.remainder.length > 0) throw new Error(`not read: ${JSON.stringify(parsed.remainder[0])}`);
	return compare(expected, actualNftables(parsed, 'ipv4'));
};

for (const node of NODES) {
	test(`the ruleset of ${node} is what is expected`, t => {
		const expected = expectedNftables(state, node, 'ipv4');
		t.true(expected.size > 150);
		t.deepEqual(differences(recordedDump('nftables', node), node, expected), []);
	});
}

test('the ruleset of one node is not that of another', t => {
	t.true(differences(recordedDump('nftables', 'worker-1'), 'worker-2').length > 20);
});

const injured = expectedNftables(state, 'worker-1', 'ipv4');
for (const {title, injure, difference} of NFTABLES_INJURIES) {
	test(`injury: ${title}`, t => {
		t.deepEqual(differences(injure(recordedDump('nftables', 'worker-1')), 'worker-1', injured), [difference]);
	});
}

const PLAIN = '[[0,{"concat":["10.244.1.5",8080]}],[1,{"concat":["10.244.2.2",8080]}],[2,{"concat":["10.244.2.3",8080]}]]';
const SAME: ReadonlyArray<readonly [title: string, change: (dump: string) => string]> = [
	['handles', dump => dump.replaceAll(/"handle":\d+/g, '"handle":7')],
	[
		'clients in the sets of affinity',
		dump => dump.replaceAll(',"timeout":5}}', ',"timeout":5,"elem":[{"elem":{"val":"192.0.2.7","expires":4}}]}}'),
	],
	[
		'counters and comments',
		dump =>
			dump
				.replaceAll('"expr":[', '"comment":"counted","expr":[{"counter":{"packets":7,"bytes":420}},')
				.replaceAll(/"comment":"counted",?(?="expr":\[[^\n]*"comment")/g, ''),
	],
	[
		'which endpoint has which number',
		dump =>
			dump.replaceAll(
				PLAIN,
				'[[0,{"concat":["10.244.2.3",8080]}],[1,{"concat":["10.244.1.5",8080]}],[2,{"concat":["10.244.2.2",8080]}]]',
			),
	],
	[
		'numbers of protocols, as nft prints without /etc/protocols',
		dump => dump.replaceAll(/"(?:tcp|udp|sctp)"(?=[,\]}])/g, name => ({'"tcp"': '6', '"udp"': '17', '"sctp"': '132'})[name] ?? name),
	],
	['a reject without its kind', dump => dump.replaceAll('{"reject":{"type":"icmp","expr":"port-unreachable"}}', '{"reject":null}')],
	[
		'tables of others',
		dump =>
			dump.replace(
				'{"table":',
				'{"table":{"family":"inet","name":"kube-proxy-mine"}},\n{"chain":{"family":"inet","table":"kube-proxy-mine","name":"services"}},\n{"table":',
			),
	],
	[
		'the emptied chain of a Service that is no more',
		dump =>
			dump.replace(
				'{"chain":{"family":"ip","table":"kube-proxy"',
				text => `{"chain":{"family":"ip","table":"kube-proxy","name":"service-AAAAAAAA-shop/gone/tcp/"}},\n${text}`,
			),
	],
];
for (const [title, change] of SAME) {
	test(`no difference: ${title}`, t => {
		const dump = recordedDump('nftables', 'worker-1');
		t.not(change(dump), dump);
		t.deepEqual(differences(change(dump), 'worker-1', injured), []);
	});
}

test('two Services that claim one address and port: either may have it', t => {
	const dump = recordedDump('nftables', 'worker-1');
	const [, first = '', second = ''] =
		/external-(\w+)-shop\/clash-([12])\/tcp\//.exec(
			/"198\.51\.100\.20","tcp",8000\]\},\{"goto":\{"target":"[^"]+"/.exec(dump)?.[0] ?? '',
		) ?? [];
	const other = dump.match(/external-\w+-shop\/clash-[12]\/tcp\//g)?.find(name => !name.includes(first)) ?? '';
	const taken = `external-${first}-shop/clash-${second}/tcp/`;
	const swapped = dump.replace(
		`"198.51.100.20","tcp",8000]},{"goto":{"target":"${taken}"`,
		`"198.51.100.20","tcp",8000]},{"goto":{"target":"${other}"`,
	);
	t.true(other !== '' && swapped !== dump);
	t.deepEqual(differences(swapped, 'worker-1', injured), []);
});

test('without its table everything is missing', t => {
	t.deepEqual([...new Set(differences('{"nftables": []}', 'worker-1').map(({kind}) => kind))], ['missing']);
});

test('a Service whose name an element may hold only in part is shown so', t => {
	const name = `${'n'.repeat(63)}/${'s'.repeat(63)}:`;
	const about = (comment: string): readonly (string | undefined)[] => {
		const dump = recordedDump('nftables', 'worker-1').replaceAll(/"comment":"shop\/[^"]*"/g, `"comment":"${comment}"`);
		return (
			actualNftables(parseNft(dump), 'ipv4')
				.get('ip kube-proxy map no-endpoint-services')
				?.parts.slice(1)
				.map(part => part.about) ?? []
		);
	};
	t.deepEqual([...new Set(about(name.slice(0, -1)))], [name.slice(0, -1)]);
	t.deepEqual([...new Set(about(name))], [`${name}…`]);
});
