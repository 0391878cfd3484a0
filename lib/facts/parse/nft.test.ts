import test from 'ava';
import {fixture} from '../../../test/fuzz/fuzz.ts';
import {parseNft} from './nft.ts';
import type {NftStatement} from './nft-types.ts';

const ruleset = parseNft(fixture('nft.json'));
const table = ruleset.tables.get('ip kube-proxy')!;

test("kube-proxy's table: all of it is understood", t => {
	t.deepEqual(ruleset.remainder, []);
	t.is(ruleset.version, '1.0.6');
	t.deepEqual(
		[...ruleset.tables.keys()],
		['ip cni-masquerade', 'ip mangle', 'ip filter', 'ip6 mangle', 'ip nat', 'ip6 nat', 'ip6 filter', 'ip kube-proxy'],
	);
	t.deepEqual(
		[...table.sets.keys()].filter(name => !name.startsWith('affinity-')),
		['hairpin-connections', 'cluster-ips', 'nodeport-ips'],
	);
	t.deepEqual(
		[...table.maps.keys()],
		['no-endpoint-services', 'no-endpoint-nodeports', 'firewall-ips', 'service-ips', 'service-nodeports'],
	);
});

test('chains: those of the kernel have a hook, others none', t => {
	t.deepEqual(table.chains.get('nat-prerouting')?.base, {type: 'nat', hook: 'prerouting', priority: -100, policy: 'accept'});
	t.is(table.chains.get('services')?.base, undefined);
	t.deepEqual(
		table.chains.get('services')?.rules.map(({position, comment}) => [position, comment]),
		[
			[1, 'masquerade clusterIP traffic from outside cluster'],
			[2, undefined],
			[3, undefined],
		],
	);
});

test('maps and sets: elements with their comments, times and verdicts', t => {
	const none = table.maps.get('no-endpoint-services')!;
	t.deepEqual([none.type, none.data], [['ipv4_addr', 'inet_proto', 'inet_service'], ['verdict']]);
	t.deepEqual(none.entries[0], {
		key: {
			value: {
				kind: 'concat',
				parts: [
					{kind: 'value', value: '192.0.2.12'},
					{kind: 'value', value: 'tcp'},
					{kind: 'value', value: 80},
				],
			},
			comment: 'shapes/nothing:http',
		},
		value: {kind: 'verdict', verdict: {verdict: 'goto', chain: 'reject-chain'}},
	});
	const sticky = [...table.sets.values()].filter(({name}) => name.startsWith('affinity-'));
	t.is(sticky.length, 3);
	// nft 1.0.6 leaves `dynamic` out of its JSON.
	t.like(sticky[0], {flags: ['timeout'], timeoutSeconds: 120, size: 65_535});
	const [client] = sticky.flatMap(({elements}) => elements);
	t.deepEqual(client?.value, {kind: 'value', value: '172.18.0.11'});
	t.true(client!.expiresSeconds! > 0 && client!.expiresSeconds! <= 120);
});

const statementsOf = (chain: RegExp, position: number): readonly NftStatement[] =>
	[...table.chains.values()].find(({name}) => chain.test(name))!.rules[position - 1]!.statements;
const field = (name: string) => ({kind: 'payload', protocol: 'ip', field: name}) as const;
const MARK = {kind: 'meta', key: 'mark'} as const;
const word = (value: string | number) => ({kind: 'value', value}) as const;
const concat = (...parts: readonly ReturnType<typeof word>[]) => ({kind: 'concat', parts}) as const;

for (const [name, chain, position, expected] of [
	[
		'endpoints of a Service without affinity',
		/^service-.*shapes\/plain\/tcp/,
		1,
		[
			{kind: 'match', op: '==', left: {kind: 'meta', key: 'l4proto'}, right: word('tcp')},
			{
				kind: 'dnat',
				flags: [],
				family: 'ip',
				address: {
					kind: 'lookup',
					key: {kind: 'numgen', mode: 'random', mod: 3, offset: 0},
					map: {
						kind: 'entries',
						entries: [
							{key: {value: word(0)}, value: concat(word('10.244.1.10'), word(8080))},
							{key: {value: word(1)}, value: concat(word('10.244.2.10'), word(8080))},
							{key: {value: word(2)}, value: concat(word('10.244.2.11'), word(8080))},
						],
					},
				},
			},
		],
	],
	[
		'an endpoint with affinity',
		/^endpoint-.*10\.244\.1\.10\/8080$/,
		1,
		[{kind: 'set', op: 'update', set: 'affinity-VVBVV5OV-shapes/sticky/tcp/http__10.244.1.10/8080', element: {value: field('saddr')}}],
	],
	[
		'its address',
		/^endpoint-.*10\.244\.1\.10\/8080$/,
		2,
		[
			{kind: 'match', op: '==', left: {kind: 'meta', key: 'l4proto'}, right: word('tcp')},
			{kind: 'dnat', flags: [], address: word('10.244.1.10'), port: word(8080)},
		],
	],
	[
		'a remembered client',
		/^service-.*sticky/,
		1,
		[
			{
				kind: 'match',
				op: '==',
				left: field('saddr'),
				right: {kind: 'named', name: 'affinity-VVBVV5OV-shapes/sticky/tcp/http__10.244.1.10/8080'},
			},
			{kind: 'verdict', verdict: {verdict: 'goto', chain: 'endpoint-VVBVV5OV-shapes/sticky/tcp/http__10.244.1.10/8080'}},
		],
	],
	[
		'the masquerade mark',
		/^masquerading$/,
		1,
		[
			{kind: 'match', op: '!=', left: {kind: 'binary', op: '&', left: MARK, right: word(16_384)}, right: word(0)},
			{kind: 'assign', to: MARK, value: {kind: 'binary', op: '^', left: MARK, right: word(16_384)}},
			{kind: 'masquerade', flags: ['fully-random']},
		],
	],
	[
		'source ranges',
		/^firewall-.*balanced/,
		1,
		[
			{
				kind: 'match',
				op: '!=',
				left: field('saddr'),
				right: {
					kind: 'set',
					elements: [{value: {kind: 'prefix', address: '198.51.100.0', length: 24}}, {value: word('203.0.113.7')}],
				},
			},
			{kind: 'verdict', verdict: {verdict: 'drop'}},
		],
	],
	[
		'local traffic',
		/^external-.*nodeport-remote/,
		3,
		[
			{kind: 'match', op: '==', left: {kind: 'fib', result: 'type', flags: ['saddr']}, right: word('local')},
			{kind: 'verdict', verdict: {verdict: 'goto', chain: 'service-OQMX7S7Q-shapes/nodeport-remote/tcp/http'}},
		],
	],
	[
		'dispatch',
		/^services$/,
		2,
		[
			{
				kind: 'vmap',
				key: {
					kind: 'concat',
					parts: [field('daddr'), {kind: 'meta', key: 'l4proto'}, {kind: 'payload', protocol: 'th', field: 'dport'}],
				},
				map: {kind: 'named', name: 'service-ips'},
			},
		],
	],
	[
		'a new connection',
		/^filter-forward$/,
		1,
		[
			{kind: 'match', op: 'in', left: {kind: 'ct', key: 'state'}, right: word('new')},
			{kind: 'verdict', verdict: {verdict: 'jump', chain: 'service-endpoints-check'}},
		],
	],
	['refusal', /^reject-chain$/, 1, [{kind: 'reject', type: 'icmp', code: 'port-unreachable'}]],
] as const) {
	test(`statements: ${name}`, t => t.deepEqual(statementsOf(chain, position), expected as never));
}

test('other rulesets: what is not known stays in its rule, whole and named, and is told', t => {
	const odd = parseNft(fixture('nft-odd.json'));
	const rules = [...odd.tables.values()].flatMap(({chains}) => [...chains.values()]).flatMap(each => each.rules);
	const told = ['limit', 'limit', 'socket', 'jhash', 'tproxy', 'dup', 'limit'].map(name => `unknown: ${name}`);
	t.deepEqual(
		odd.remainder.map(({why}) => why),
		told,
	);
	t.deepEqual(
		rules
			.flatMap(({statements}) => statements)
			.filter(one => one.kind === 'unknown')
			.map(({name}) => name),
		['limit', 'limit', 'tproxy', 'dup', 'limit'],
	);
	t.deepEqual(
		odd.tables.get('inet firewall')?.objects.map(({kind, name}) => [kind, name]),
		[
			['counter', 'hits'],
			['limit', 'slow'],
		],
	);
	t.true(rules.some(({statements}) => statements.some(one => one.kind === 'xt' && one.name === 'conntrack')));
});

const other = parseNft(fixture('nft-odd.json'));
for (const [name, table, chain, position, expected] of [
	[
		'a set with prefixes',
		'inet firewall',
		'input',
		3,
		[
			{kind: 'match', op: '==', left: field('saddr'), right: {kind: 'named', name: 'blocked'}},
			{kind: 'counter', packets: 0, bytes: 0},
			{kind: 'verdict', verdict: {verdict: 'drop'}},
		],
	],
	[
		'a verdict map by interface',
		'inet firewall',
		'input',
		1,
		[{kind: 'vmap', key: {kind: 'meta', key: 'iifname'}, map: {kind: 'named', name: 'verdicts'}}],
	],
	[
		'an element with its time',
		'inet firewall',
		'input',
		5,
		[
			{
				kind: 'set',
				op: 'update',
				set: 'seen',
				element: {
					value: {kind: 'concat', parts: [field('saddr'), {kind: 'payload', protocol: 'tcp', field: 'dport'}]},
					timeoutSeconds: 30,
				},
			},
			{kind: 'verdict', verdict: {verdict: 'accept'}},
		],
	],
	[
		'several states',
		'inet firewall',
		'input',
		14,
		[
			{
				kind: 'match',
				op: 'in',
				left: {kind: 'ct', key: 'state'},
				right: {kind: 'list', parts: [word('established'), word('related')]},
			},
			{kind: 'verdict', verdict: {verdict: 'accept'}},
		],
	],
	[
		'a range, and continue',
		'inet firewall',
		'input',
		16,
		[
			{
				kind: 'match',
				op: '==',
				left: {kind: 'payload', protocol: 'tcp', field: 'sport'},
				right: {kind: 'range', from: word(1024), to: word(65_535)},
			},
			{kind: 'match', op: '==', left: field('ttl'), right: word(3)},
			{kind: 'verdict', verdict: {verdict: 'continue'}},
		],
	],
	[
		'one direction of a connection',
		'inet firewall',
		'input',
		21,
		[
			{kind: 'match', op: '==', left: {kind: 'ct', key: 'direction'}, right: word('original')},
			{kind: 'match', op: '==', left: {kind: 'ct', key: 'ip saddr', direction: 'original'}, right: word('10.0.0.1')},
			{kind: 'notrack'},
		],
	],
	[
		'a map of addresses and ports',
		'ip nat',
		'pre',
		1,
		[
			{
				kind: 'dnat',
				family: 'ip',
				flags: [],
				address: {kind: 'lookup', key: {kind: 'payload', protocol: 'tcp', field: 'dport'}, map: {kind: 'named', name: 'ports'}},
			},
		],
	],
	[
		'numbers in turn',
		'ip nat',
		'pre',
		3,
		[
			{
				kind: 'dnat',
				flags: [],
				address: {
					kind: 'lookup',
					key: {kind: 'numgen', mode: 'inc', mod: 2, offset: 1},
					map: {
						kind: 'entries',
						entries: [
							{key: {value: word(1)}, value: word('10.0.0.1')},
							{key: {value: word(2)}, value: word('10.0.0.2')},
						],
					},
				},
			},
		],
	],
	[
		'ranges of addresses and ports',
		'ip nat',
		'pre',
		7,
		[
			{kind: 'match', op: '==', left: {kind: 'payload', protocol: 'tcp', field: 'dport'}, right: word(80)},
			{
				kind: 'dnat',
				flags: [],
				address: {kind: 'range', from: word('10.0.0.1'), to: word('10.0.0.9')},
				port: {kind: 'range', from: word(8080), to: word(8090)},
			},
		],
	],
	[
		'two flags',
		'ip nat',
		'post',
		1,
		[
			{kind: 'match', op: '!=', left: {kind: 'meta', key: 'oifname'}, right: word('lo')},
			{kind: 'masquerade', flags: ['fully-random', 'persistent']},
		],
	],
] as const) {
	test(`other rulesets: ${name}`, t =>
		t.deepEqual(other.tables.get(table)?.chains.get(chain)?.rules[position - 1]?.statements, expected as never));
}

test('a mask from the highest bit of a mark down, which nft writes as a prefix', t => {
	const of = (mark: unknown, prefix: object) => parseNft(inTable(rule({match: {op: '!=', left: mark, right: {prefix}}})));
	const mark = {meta: {key: 'mark'}};
	t.deepEqual(of(mark, {addr: 0, len: 1}).tables.get('ip t')?.chains.get('c')?.rules[0]?.statements, [
		{
			kind: 'match',
			op: '!=',
			left: {kind: 'binary', op: '&', left: {kind: 'meta', key: 'mark'}, right: word(0x80_00_00_00)},
			right: word(0),
		},
	]);
	t.deepEqual(of(mark, {addr: 0, len: 1}).remainder, []);
	t.is(of(mark, {addr: 0, len: 33}).remainder.length, 1);
	t.is(of({meta: {key: 'iif'}}, {addr: 0, len: 1}).remainder.length, 1);
});

const inTable = (...objects: readonly unknown[]): string =>
	JSON.stringify({nftables: [{table: {family: 'ip', name: 't'}}, {chain: {family: 'ip', table: 't', name: 'c'}}, ...objects]});
const rule = (...expr: readonly unknown[]) => ({rule: {family: 'ip', table: 't', chain: 'c', expr}});
test("counters by name, and an element's comment of the longest that nft takes", t => {
	const comment = 'n'.repeat(128);
	const counter = {counter: {family: 'ip', name: 'rejected', table: 't', handle: 3, packets: 1, bytes: 60}};
	const map = {name: 'm', family: 'ip', table: 't', type: ['inet_proto', 'inet_service'], map: 'verdict'};
	const elem = [[{elem: {val: {concat: ['tcp', 30_001]}, comment}}, {drop: null}]];
	const parsed = parseNft(inTable(counter, {map: {...map, elem}}, rule({counter: 'rejected'}, {reject: null})));
	t.deepEqual(parsed.remainder, []);
	const found = parsed.tables.get('ip t');
	t.deepEqual(
		found?.objects.map(({kind, name}) => [kind, name]),
		[['counter', 'rejected']],
	);
	t.deepEqual(found?.chains.get('c')?.rules[0]?.statements, [{kind: 'counter', name: 'rejected'}, {kind: 'reject'}]);
	t.is(found?.maps.get('m')?.entries[0]?.key.comment, comment);
});

for (const [name, text, why] of [
	['no JSON', 'table ip x {', [[0, /^not JSON: /]]],
	['an empty answer', '', [[0, /^not JSON: /]]],
	['other JSON', '{"a": 1}', [[0, /without a list named nftables/]]],
	[
		'objects of other kinds',
		'{"nftables": [1, null, {"x": 2}, []]}',
		[
			[1, /not an object/],
			[2, /not an object/],
			[3, /not an object/],
			[4, /not an object/],
		],
	],
	['a rule of no chain', inTable({rule: {family: 'ip', table: 't', chain: 'x', expr: []}}), [[3, /chain that is not declared/]]],
	['a chain of no table', '{"nftables": [{"chain": {"family": "ip", "table": "t", "name": "c"}}]}', [[1, /table that is not declared/]]],
	['a chain twice', inTable({chain: {family: 'ip', table: 't', name: 'c'}}), [[3, /chain c occurs twice/]]],
	['an unknown statement', inTable(rule({tproxy: {port: 1}})), [[3, /^unknown: tproxy$/]]],
	['an unknown expression', inTable(rule({match: {op: '==', left: {jhash: {mod: 2}}, right: 1}})), [[3, /^unknown: jhash$/]]],
	['a comparison of the future', inTable(rule({match: {op: '~', left: 1, right: 1}})), [[3, /^unknown: match$/]]],
	['NAT with what changes its meaning', inTable(rule({dnat: {addr: '10.0.0.1', type: 'prefix'}})), [[3, /^unknown: dnat$/]]],
	['three operands', inTable(rule({mangle: {key: {meta: {key: 'mark'}}, value: {'|': [1, 2, 4]}}})), []],
	['a counter of the table', inTable(rule({counter: 'hits'})), []],
	['an object of another kind', inTable({limit: {family: 'ip', table: 't', name: 'slow'}}), []],
	[
		'names of JavaScript',
		inTable(rule({constructor: {}}, {toString: null})),
		[
			[3, /^unknown: constructor$/],
			[3, /^unknown: toString$/],
		],
	],
	[
		'endless nesting',
		`{"nftables": [{"table":{"family":"ip","name":"t"}},{"chain":{"family":"ip","table":"t","name":"c"}},{"rule":{"family":"ip","table":"t","chain":"c","expr":[{"match":{"op":"==","left":1,"right":${'['.repeat(20_000)}${']'.repeat(20_000)}}}]}}]}`,
		[[3, /^unknown: nested too deep$/]],
	],
] as const) {
	test(`odd JSON: ${name}`, t => {
		const {remainder} = parseNft(text);
		t.is(remainder.length, why.length, JSON.stringify(remainder));
		for (const [index, [line, pattern]] of why.entries()) {
			t.is(remainder[index]?.line, line);
			t.regex(remainder[index]?.why ?? '', pattern);
		}
	});
}
