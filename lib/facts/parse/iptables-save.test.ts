import test from 'ava';
import {fixture} from '../../../test/fuzz/fuzz.ts';
import {parseRule} from './iptables-rule.ts';
import {chainOf, parseIptablesSave} from './iptables-save.ts';
import {renderIptables} from './render.ts';

/** A fixture without what the renderer leaves out: comment lines, and the second blank that iptables 1.8.9 prints after --nfacct-name. */
const body = (text: string): string =>
	text
		.split('\n')
		.filter(line => !line.startsWith('#'))
		.join('\n')
		.replaceAll('--nfacct-name  ', '--nfacct-name ');

for (const [name, backend, tables] of [
	['iptables-save.txt', 'nft', {mangle: [8, 0], filter: [11, 22], nat: [70, 182]}],
	['iptables-odd-nft.txt', 'nft', {mangle: [5, 3], raw: [2, 1], filter: [4, 15], nat: [4, 3]}],
	['iptables-odd-counters.txt', 'nft', {mangle: [5, 3], raw: [2, 1], filter: [4, 15], nat: [4, 3]}],
	['iptables-odd-legacy.txt', 'legacy', {raw: [2, 1], mangle: [5, 3], nat: [4, 3], filter: [4, 15]}],
	['ip6tables-odd.txt', 'nft', {filter: [3, 2], nat: [4, 1]}],
	['ip6tables-save.txt', 'nft', {mangle: [7, 0], filter: [4, 0], nat: [5, 0]}],
] as const) {
	test(`${name}: all of it becomes data, and the data becomes the text again`, t => {
		const dump = parseIptablesSave(fixture(name), name.startsWith('ip6') ? 'ipv6' : 'ipv4');
		t.deepEqual(dump.remainder, []);
		t.deepEqual([dump.backend, dump.version, dump.legacyTablesPresent], [backend, '1.8.9', false]);
		t.deepEqual(
			Object.fromEntries(
				[...dump.tables].map(([table, {chains}]) => [
					table,
					[chains.size, [...chains.values()].flatMap(({rules}) => rules).length],
				]),
			),
			tables as never,
		);
		t.is(renderIptables(dump), body(fixture(name)));
	});
}

test('a rule of kube-proxy: match by match, with its place', t => {
	const dump = parseIptablesSave(fixture('iptables-save.txt'), 'ipv4');
	const rule = chainOf(dump, 'nat', 'KUBE-SERVICES')?.rules.find(({comment}) => comment === 'shapes/sticky:http cluster IP');
	t.like(rule, {table: 'nat', chain: 'KUBE-SERVICES', goto: false, targetOptions: []});
	t.true(fixture('iptables-save.txt').split('\n')[rule!.line - 1] === rule!.text);
	const sticky = chainOf(dump, 'nat', rule!.target!)!.rules.filter(({matches}) => matches.some(({option}) => option === 'rcheck'));
	t.is(sticky.length, 3);
	t.deepEqual(
		sticky[0]!.matches
			.filter(({module}) => module === 'recent')
			.map(({option, values, negated}) => [option, values.slice(0, option === 'name' ? 0 : 9), negated]),
		[
			['rcheck', [], false],
			['seconds', ['120'], false],
			['reap', [], false],
			['name', [], false],
			['mask', ['255.255.255.255'], false],
			['rsource', [], false],
		],
	);
	t.deepEqual(chainOf(dump, 'filter', 'FORWARD')?.policy, 'ACCEPT');
	t.is(chainOf(dump, 'nat', 'KUBE-SERVICES')?.policy, undefined);
	t.is(chainOf(dump, 'nat', 'NO-SUCH'), undefined);
	t.is(chainOf(dump, 'none', 'INPUT'), undefined);
});

const m = (module: string, option: string, values: readonly string[], instance: number, negated = false) => ({
	module,
	option,
	negated,
	values,
	instance,
});
for (const [text, expected] of [
	['-A C', {matches: [], goto: false, targetOptions: []}],
	[
		'-A C -s 10.0.0.0/8 ! -d 10.0.0.1/32 -j KUBE-X',
		{
			matches: [m('', 'source', ['10.0.0.0/8'], 0), m('', 'destination', ['10.0.0.1/32'], 0, true)],
			target: 'KUBE-X',
			goto: false,
			targetOptions: [],
		},
	],
	['-A C -g KUBE-X', {matches: [], target: 'KUBE-X', goto: true, targetOptions: []}],
	['-A C -m tcp -m tcp --dport 80', {matches: [m('tcp', '', [], 1), m('tcp', 'dport', ['80'], 2)], goto: false, targetOptions: []}],
	['-A C -p tcp --dport 80', undefined],
	[
		'-A C -p tcp -m tcp --dport ! 22',
		{matches: [m('', 'protocol', ['tcp'], 0), m('tcp', 'dport', ['22'], 1, true)], goto: false, targetOptions: []},
	],
	[
		'-A C -m set --match-set A dst,dst -m set ! --match-set B src',
		{
			matches: [m('set', 'match-set', ['A', 'dst,dst'], 1), m('set', 'match-set', ['B', 'src'], 2, true)],
			goto: false,
			targetOptions: [],
		},
	],
	[
		'-A C -m comment --comment "a \\"b\\" -j X" -j ACCEPT',
		{matches: [m('comment', 'comment', ['a "b" -j X'], 1)], target: 'ACCEPT', goto: false, targetOptions: [], comment: 'a "b" -j X'},
	],
	[
		'-A C -m comment --comment "" -j ACCEPT',
		{matches: [m('comment', 'comment', [''], 1)], target: 'ACCEPT', goto: false, targetOptions: [], comment: ''},
	],
	[
		'-A C -j REJECT --reject-with tcp-reset',
		{matches: [], target: 'REJECT', goto: false, targetOptions: [{option: 'reject-with', negated: false, values: ['tcp-reset']}]},
	],
	[
		'-A C -j ACCEPT -p udp -m udp --dport 1',
		{matches: [m('', 'protocol', ['udp'], 0), m('udp', 'dport', ['1'], 1)], target: 'ACCEPT', goto: false, targetOptions: []},
	],
	['-A C -m dscp --value -1', {matches: [m('dscp', 'value', ['-1'], 1)], goto: false, targetOptions: []}],
	['-A C -m', undefined],
	['-A C -j A -j B', undefined],
	['-A C stray', undefined],
	['-A C ! -j X', undefined],
	['-A C !', undefined],
	['-A C -m comment --comment "open', undefined],
	['-A C -x 3', undefined],
] as const) {
	test(`rule: ${text}`, t => {
		const read = parseRule(text);
		if (expected) t.deepEqual(read, expected);
		else t.true('why' in read);
	});
}

for (const [name, text, why, more] of [
	['a cut table', '*nat\n:A - [0:0]\n', [[1, 'table nat has no COMMIT: the text ends']]],
	['a table within another', '*nat\n*filter\nCOMMIT\n', [[1, 'table nat has no COMMIT: table filter begins']]],
	[
		'a table twice',
		'*nat\nCOMMIT\n*nat\n:A - [0:0]\nCOMMIT\n',
		[
			[3, 'table nat occurs twice'],
			[4, 'a chain outside of a table'],
			[5, 'a COMMIT outside of a table'],
		],
	],
	['a rule of no chain', '*nat\n-A A -j B\nCOMMIT\n', [[2, 'chain A is not declared in table nat']]],
	['a rule of no table', '-A A -j B', [[1, 'a rule outside of a table']]],
	['a chain twice', '*nat\n:A - [0:0]\n:A - [0:0]\nCOMMIT\n', [[3, 'chain A is declared twice']]],
	['another tool', 'Chain INPUT (policy ACCEPT)', [[1, 'not a line of iptables-save']]],
	['names of JavaScript', '*__proto__\n:constructor - [0:0]\n-A constructor -j toString\nCOMMIT\n', []],
	[
		'headers',
		"# Generated by xtables-save v1.8.2 on x\n# Warning: iptables-legacy tables present, use iptables-legacy-save to see them\n# Table `nat' is incompatible, use 'nft' tool.\n",
		[],
		{backend: 'nft', version: '1.8.2', legacyTablesPresent: true, incompatibleTables: ['nat']},
	],
	['an old header', '# Generated by iptables-save v1.6.1 on x\n', [], {backend: 'legacy', version: '1.6.1', legacyTablesPresent: false}],
	['nothing', '', [], {legacyTablesPresent: false, version: undefined}],
] as const) {
	test(`odd text: ${name}`, t => {
		const dump = parseIptablesSave(text, 'ipv4');
		t.deepEqual(
			dump.remainder.map(odd => [odd.line, odd.why]),
			why as never,
		);
		t.like(dump, more ?? {family: 'ipv4'});
	});
}

test('what is not understood keeps its place, and never becomes part of a rule', t => {
	const {tables, remainder} = parseIptablesSave('*nat\n:A - [0:0]\n-A A -j B\n-A A -j B -j C\n[3:180] -A A -j D\nCOMMIT\n', 'ipv4');
	t.deepEqual(remainder, [{line: 4, text: '-A A -j B -j C', why: 'rule 2 of nat A: two targets'}]);
	t.deepEqual(
		tables
			.get('nat')
			?.chains.get('A')
			?.rules.map(({position, target, counters}) => [position, target, counters]),
		[
			[1, 'B', undefined],
			[3, 'D', {packets: 3, bytes: 180}],
		],
	);
});
