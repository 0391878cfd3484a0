import test from 'ava';
import type {Packet} from '../../model/verdict.ts';
import {base, brief, from, HERE, NODE_IP, OUTSIDE, POD, rulesetOf, VIP, type NftObject} from '../fixtures/small.ts';
import {traceNft} from '../trace.ts';

const TO_VIP = from(POD, `${VIP}:80`);
const TO_VIP6 = from('fd00:10::2', '[fd00:172:30::41]:80');
const payload = (protocol: string, field: string) => ({payload: {protocol, field}});
const meta = (key: string) => ({meta: {key}});
const ct = (key: string, dir?: string) => ({ct: {key, ...(dir && {dir})}});
const fib = (...flags: readonly string[]) => ({fib: {result: 'type', flags}});
const match = (left: object, right: unknown, op = '==') => ({match: {op, left, right}});
const random = (mod: number, offset = 0) => ({numgen: {mode: 'random', mod, offset}});
const dnat = (addr: unknown, port?: unknown, family?: string) => ({
	dnat: {...(family && {family}), addr, ...(port !== undefined && {port})},
});
const drop = {drop: null};
const to = (target: string, kind = 'jump') => ({[kind]: {target}});
const [saddr, daddr, dport, l4proto] = [payload('ip', 'saddr'), payload('ip', 'daddr'), payload('th', 'dport'), meta('l4proto')];
const prefix = (addr: string, len: number) => ({prefix: {addr, len}});
const SETS: readonly NftObject[] = [
	{set: {name: 'ips', type: 'ipv4_addr', elem: ['10.0.0.2', '10.0.0.7']}},
	{set: {name: 'nets', type: 'ipv4_addr', flags: ['interval'], elem: [prefix('10.0.0.0', 24), {range: ['172.30.0.40', '172.30.0.50']}]}},
	{
		set: {
			name: 'keys',
			type: ['ipv4_addr', 'inet_proto', 'inet_service'],
			elem: [{concat: [VIP, 'tcp', 80]}, {concat: ['172.30.0.42', 6, 80]}],
		},
	},
	{
		set: {
			name: 'ranges',
			type: ['ipv4_addr', 'inet_service'],
			flags: ['interval'],
			elem: [{concat: [prefix('172.30.0.0', 16), {range: [80, 90]}]}],
		},
	},
	{
		set: {
			name: 'clients',
			type: 'ipv4_addr',
			flags: ['dynamic', 'timeout'],
			timeout: 30,
			elem: [{elem: {val: POD, timeout: 30, expires: 12}}],
		},
	},
];

/** Statements, whether they let the packet through to what follows; `?`: it cannot be told. */
const CONDITIONS: ReadonlyArray<readonly [statements: readonly object[], holds: boolean | '?', packet?: Packet]> = [
	[[match(daddr, VIP)], true],
	[[match(daddr, '172.30.0.42')], false],
	[[match(daddr, VIP, '!=')], false],
	[[match(saddr, prefix('10.0.0.0', 8))], true],
	[[match(saddr, prefix('10.0.0.0', 8), '!=')], false],
	[[match(saddr, {range: ['10.0.0.1', '10.0.0.9']})], true],
	[[match(saddr, {set: ['10.0.0.9', prefix('10.0.0.0', 30)]})], true],
	[[match(saddr, {set: ['10.0.0.9']}, '!=')], true],
	[[match(saddr, '@ips')], true],
	[[match(saddr, '@nets')], true],
	[[match(daddr, '@nets')], true],
	[[match(daddr, '@ips', '!=')], true],
	[[match(daddr, '@gone')], '?'],
	[[match(payload('ip6', 'daddr'), '::1', '!=')], false],
	[[match({concat: [daddr, l4proto, dport]}, '@keys')], true],
	[[match({concat: [daddr, l4proto, dport]}, '@keys')], true, from(POD, '172.30.0.42:80')],
	[[match({concat: [daddr, l4proto, dport]}, '@keys')], false, from(POD, `${VIP}:81`)],
	[[match({concat: [daddr, dport]}, '@ranges')], true],
	[[match({concat: [daddr, dport]}, '@ranges')], false, from(POD, `${VIP}:91`)],
	[[match({concat: [daddr, dport]}, {concat: [VIP, 80]})], true],
	[[match(l4proto, 'tcp')], true],
	[[match(l4proto, 6)], true],
	[[match(l4proto, {set: ['udp', 'sctp']})], false],
	[[match(payload('ip', 'protocol'), 'tcp')], true],
	[[match(meta('nfproto'), 'ipv6')], false],
	[[match(meta('protocol'), 'ip')], true],
	[[match(payload('tcp', 'dport'), 80)], true],
	[[match(payload('udp', 'dport'), 80, '!=')], false],
	[[match(dport, 80, '<')], false],
	[[match(dport, 81, '<')], true],
	[[match(dport, 80, '>=')], true],
	[[match(dport, {range: [1, 100]})], true],
	[[match(payload('tcp', 'sport'), 5000)], '?'],
	[[match(payload('tcp', 'flags'), 'syn', 'in')], true],
	[[match(payload('icmp', 'type'), 'echo-request')], false],
	[[match(payload('ip', 'dscp'), 1)], '?'],
	[[match(payload('ip', 'version'), 4)], true],
	[[match(meta('iifname'), 'cni0')], true],
	[[match(meta('iifname'), 'cni*')], true],
	[[match(meta('iif'), 'eth0')], false],
	[[match(meta('iifname'), {set: ['eth0', 'cni0']})], true],
	[[match(meta('mark'), 0)], true],
	[[match({'&': [meta('mark'), 0x4000]}, 0, '!=')], false],
	[[match(meta('skuid'), 0)], false],
	[[match(meta('cpu'), 0)], '?'],
	[[match(ct('state'), 'new', 'in')], true],
	[[match(ct('state'), ['established', 'related'], 'in')], false],
	[[match(ct('state'), {set: ['new', 'untracked']})], true],
	[[match(ct('state'), 'invalid', 'in')], false],
	[[match(ct('status'), 'dnat', 'in')], false],
	[[match(ct('direction'), 'original')], true],
	[[match(ct('mark'), 0)], true],
	[[match(ct('proto-dst', 'original'), 80)], true],
	[[match(ct('ip daddr', 'original'), VIP)], true],
	[[match(ct('ip saddr', 'reply'), VIP)], '?'],
	[[match(fib('daddr'), 'local')], false],
	[[match(fib('saddr'), 'unicast')], true],
	[[match(fib('daddr'), 'local')], true, from(POD, `${NODE_IP}:80`)],
	// Of one interface: which has the address is not told here.
	[[match(fib('daddr', 'iif'), 'local')], '?', from(POD, `${NODE_IP}:80`)],
	[[match({fib: {result: 'oif', flags: ['saddr', 'iif']}}, false)], false],
	[[match({fib: {result: 'oif', flags: ['saddr', 'iif']}}, true)], true],
	[[match({fib: {result: 'oifname', flags: ['saddr']}}, 'cni0')], true],
	[[match({fib: {result: 'oif', flags: ['saddr', 'iif']}}, 0)], false],
	[[match({'&': [payload('tcp', 'flags'), ['fin', 'syn', 'rst', 'ack']]}, 'syn')], true],
	[[match({'&': [payload('tcp', 'flags'), {'|': ['fin', 'rst']}]}, 'fin')], false],
	[[{'ct count': {val: 20}}], true],
	[[{'ct count': {val: 20, inv: true}}], false],
	[[{quota: {val: 10, used: 12}}], false],
	[[{quota: {val: 10, used: 12, inv: true}}], true],
	[[{limit: {rate: 5, per: 'second', inv: true}}], false],
	[[{limit: 'named'}], '?'],
	[[{set: {op: 'update', set: '@clients', elem: saddr, stmt: [{limit: {rate: 1, per: 'second', inv: true}}]}}], false],
	[[{set: {op: 'update', set: '@clients', elem: saddr, stmt: [{limit: {rate: 1, per: 'second'}}]}}], true],
	[[{counter: {packets: 1, bytes: 2}}, {log: {prefix: 'x'}}, {flow: {op: 'add', flowtable: '@f'}}], true],
	[[{limit: {rate: 5, per: 'second'}}], true],
	[[{limit: {rate: 5, per: 'second'}}, match(daddr, '1.2.3.4')], false],
	[[{xt: {type: 'match', name: 'comment'}}], true],
	[[{xt: {type: 'match', name: 'u32'}}], '?'],
	[[{xt: {type: 'match', name: 'u32'}}, match(daddr, '1.2.3.4')], false],
	[[match(daddr, '@ips'), {jhash: {}}], false],
	[[{'odd thing': 1}], '?'],
	[[match({jhash: {mod: 2}}, 1)], '?'],
	[[match(saddr, '@clients')], false],
];

for (const [statements, holds, packet = TO_VIP] of CONDITIONS) {
	test(`${JSON.stringify(statements)} to ${packet.destination}:${packet.port}: ${holds}`, t => {
		const verdict = traceNft(
			rulesetOf({'inet t': [...SETS, base('c', 'filter', 'prerouting', -110), {rule: ['c', ...statements, drop]}]}),
			HERE,
			packet,
		);
		t.is(verdict.kind === 'unknown' ? '?' : verdict.kind === 'dropped', holds, verdict.because);
	});
}

const pre = base('pre', 'nat', 'prerouting', -100);
const post = base('post', 'nat', 'postrouting', 100);
const forward = base('forward', 'filter', 'forward', 0);
const mark = (value: unknown) => ({mangle: {key: meta('mark'), value}});
const either = {
	map: {
		key: random(2),
		data: {
			set: [
				[0, {concat: ['10.0.0.8', 8080]}],
				[1, {concat: ['10.0.0.9', 8080]}],
			],
		},
	},
};
const VERDICTS: NftObject = {
	map: {
		name: 'services',
		type: ['ipv4_addr', 'inet_proto', 'inet_service'],
		map: 'verdict',
		elem: [
			[{concat: [VIP, 'tcp', 80]}, to('svc', 'goto')],
			[{elem: {val: {concat: [VIP, 'tcp', 81]}, comment: 'x'}}, drop],
		],
	},
};
const services = {vmap: {key: {concat: [daddr, l4proto, dport]}, data: '@services'}};

const ROWS: ReadonlyArray<
	readonly [name: string, tables: Readonly<Record<string, readonly NftObject[]>>, expected: string, packet?: Packet]
> = [
	['nothing', {}, 'leaves'],
	['an empty table', {'ip t': []}, 'leaves'],
	['dnat', {'ip t': [pre, {rule: ['pre', dnat('10.0.0.9', 8080)]}]}, '10.0.0.9:8080'],
	['dnat in a table of both families', {'inet t': [pre, {rule: ['pre', dnat('10.0.0.9', 8080, 'ip')]}]}, '10.0.0.9:8080'],
	['dnat by chance', {'ip t': [pre, {rule: ['pre', dnat(either, undefined, 'ip')]}]}, '10.0.0.8:8080 10.0.0.9:8080'],
	[
		'dnat by chance, with a hole',
		{'ip t': [pre, {rule: ['pre', dnat({map: {key: random(4), data: {set: [[0, {concat: ['10.0.0.8', 80]}]]}}}, undefined, 'ip')]}]},
		'25% 10.0.0.8:80, 75% leaves',
	],
	[
		'dnat by chance from another number on',
		{
			'ip t': [
				pre,
				{
					rule: [
						'pre',
						dnat(
							{
								map: {
									key: random(2, 1),
									data: {
										set: [
											[1, {concat: ['10.0.0.8', 80]}],
											[2, {concat: ['10.0.0.9', 80]}],
										],
									},
								},
							},
							undefined,
							'ip',
						),
					],
				},
			],
		},
		'10.0.0.8:80 10.0.0.9:80',
	],
	['dnat to a range', {'ip t': [pre, {rule: ['pre', dnat({range: ['10.0.0.8', '10.0.0.9']})]}]}, 'unknown'],
	['dnat of the port alone', {'ip t': [pre, {rule: ['pre', {dnat: {port: 8080}}]}]}, `${VIP}:8080`],
	['redirect', {'ip t': [pre, {rule: ['pre', {redirect: {port: 8080}}]}]}, 'node'],
	['masquerade', {'ip t': [pre, post, {rule: ['pre', dnat('10.0.0.9', 80)]}, {rule: ['post', {masquerade: null}]}]}, '10.0.0.9:80!'],
	['snat', {'ip t': [pre, post, {rule: ['pre', dnat('10.0.0.9', 80)]}, {rule: ['post', {snat: {addr: '192.168.0.2'}}]}]}, '10.0.0.9:80!'],
	[
		'masquerade by mark',
		{
			'ip t': [
				pre,
				post,
				{rule: ['pre', mark({'|': [meta('mark'), 0x4000]})]},
				{rule: ['pre', dnat('10.0.0.9', 80)]},
				{
					rule: [
						'post',
						match({'&': [meta('mark'), 0x4000]}, 0, '!='),
						mark({'^': [meta('mark'), 0x4000]}),
						{masquerade: {flags: 'fully-random'}},
					],
				},
			],
		},
		'10.0.0.9:80!',
	],
	[
		'masquerade of another table',
		{
			'ip t': [pre, {rule: ['pre', dnat('192.0.2.9', 80)]}],
			'ip cni': [
				base('post', 'nat', 'postrouting', 110),
				{rule: ['post', match(saddr, prefix('10.0.0.0', 24)), match(meta('oifname'), 'eth0'), {masquerade: null}]},
			],
		},
		'192.0.2.9:80!',
	],
	[
		'masquerade does not see what stays on the node',
		{'ip t': [pre, post, {rule: ['pre', dnat('192.168.0.2', 80)]}, {rule: ['post', {masquerade: null}]}]},
		'192.168.0.2:80',
	],
	[
		'the status dnat',
		{
			'ip t': [
				pre,
				post,
				{rule: ['pre', dnat('10.0.0.9', 80)]},
				{rule: ['post', match(ct('status'), 'dnat', 'in'), {masquerade: null}]},
			],
		},
		'10.0.0.9:80!',
	],
	[
		'the first chain of NAT that translates decides',
		{
			'ip a': [base('pre', 'nat', 'prerouting', -90), {rule: ['pre', dnat('10.0.0.8', 80)]}],
			'ip b': [pre, {rule: ['pre', dnat('10.0.0.9', 80)]}],
		},
		'10.0.0.9:80',
	],
	[
		'the next chain of NAT when the first accepts',
		{
			'ip a': [pre, {rule: ['pre', {accept: null}]}],
			'ip b': [base('pre', 'nat', 'prerouting', -90), {rule: ['pre', dnat('10.0.0.9', 80)]}],
		},
		'10.0.0.9:80',
	],
	[
		"NAT is done at -100, whatever its chain's priority",
		{
			'ip t': [
				base('pre', 'nat', 'prerouting', -90),
				base('f', 'filter', 'prerouting', -95),
				{rule: ['pre', dnat('10.0.0.9', 80)]},
				{rule: ['f', match(daddr, '10.0.0.9'), drop]},
			],
		},
		'dropped',
	],
	[
		'before NAT at -110',
		{
			'ip t': [
				pre,
				base('f', 'filter', 'prerouting', -110),
				{rule: ['pre', dnat('10.0.0.9', 80)]},
				{rule: ['f', match(daddr, '10.0.0.9'), drop]},
			],
		},
		'10.0.0.9:80',
	],
	[
		'chains in the order of their priority',
		{
			'ip t': [
				base('late', 'filter', 'forward', 10),
				base('early', 'filter', 'forward', -10),
				{rule: ['late', {reject: null}]},
				{rule: ['early', drop]},
			],
		},
		'dropped',
	],
	[
		'accept binds its own chain alone',
		{
			'ip t': [
				base('late', 'filter', 'forward', 10),
				base('early', 'filter', 'forward', -10),
				{rule: ['late', {reject: null}]},
				{rule: ['early', {accept: null}]},
			],
		},
		'refused',
	],
	['the policy', {'ip t': [base('forward', 'filter', 'forward', 0, 'drop')]}, 'dropped'],
	['reject', {'ip t': [forward, {rule: ['forward', {reject: {type: 'icmp', expr: 'port-unreachable'}}]}]}, 'refused'],
	[
		'jump comes back, goto does not',
		{
			'ip t': [
				forward,
				{chain: {name: 'a'}},
				{chain: {name: 'b'}},
				{rule: ['forward', to('a')]},
				{rule: ['forward', drop]},
				{rule: ['a', to('b', 'goto')]},
				{rule: ['a', {accept: null}]},
				{rule: ['b', {return: null}]},
			],
		},
		'dropped',
	],
	[
		'goto from a base chain ends in its policy',
		{'ip t': [forward, {chain: {name: 'a'}}, {rule: ['forward', to('a', 'goto')]}, {rule: ['forward', drop]}]},
		'leaves',
	],
	[
		'continue goes on with the next rule',
		{'ip t': [forward, {rule: ['forward', {continue: null}]}, {rule: ['forward', drop]}]},
		'dropped',
	],
	['a circle', {'ip t': [forward, {rule: ['forward', to('forward')]}]}, 'unknown'],
	[
		'a verdict map',
		{'ip t': [VERDICTS, pre, {chain: {name: 'svc'}}, {rule: ['pre', services]}, {rule: ['svc', dnat('10.0.0.9', 80)]}]},
		'10.0.0.9:80',
	],
	["a verdict map's drop", {'ip t': [VERDICTS, forward, {rule: ['forward', services]}]}, 'dropped', from(POD, `${VIP}:81`)],
	[
		'a verdict map without an entry goes on',
		{'ip t': [VERDICTS, forward, {rule: ['forward', services]}, {rule: ['forward', {reject: null}]}]},
		'refused',
		from(POD, `${VIP}:82`),
	],
	['a verdict map that is not there', {'ip t': [forward, {rule: ['forward', services]}]}, 'unknown'],
	[
		'verdicts by chance',
		{
			'ip t': [
				forward,
				{
					rule: [
						'forward',
						{
							vmap: {
								key: random(4),
								data: {
									set: [
										[0, drop],
										[1, {accept: null}],
									],
								},
							},
						},
					],
				},
				{rule: ['forward', {reject: null}]},
			],
		},
		'25% dropped, 25% leaves, 50% refused',
	],
	[
		'a verdict map that holds no verdict',
		{'ip t': [forward, {rule: ['forward', {vmap: {key: dport, data: {set: [[80, 5]]}}}]}]},
		'unknown',
	],
	['a match by chance', {'ip t': [forward, {rule: ['forward', match(random(10), 3, '<'), drop]}]}, '30% dropped, 70% leaves'],
	[
		'a catch-all entry',
		{
			'ip t': [
				forward,
				{
					rule: [
						'forward',
						{
							vmap: {
								key: dport,
								data: {
									set: [
										[81, {accept: null}],
										['*', drop],
									],
								},
							},
						},
					],
				},
			],
		},
		'dropped',
	],
	[
		'notrack: no NAT',
		{'ip t': [base('raw', 'filter', 'prerouting', -300), pre, {rule: ['raw', {notrack: null}]}, {rule: ['pre', dnat('10.0.0.9', 80)]}]},
		'leaves',
	],
	[
		'the mark of the connection',
		{
			'ip t': [
				base('a', 'filter', 'prerouting', -150),
				forward,
				{rule: ['a', {mangle: {key: ct('mark'), value: 7}}]},
				{rule: ['forward', match(ct('mark'), 7), drop]},
			],
		},
		'dropped',
	],
	[
		'a change that is not known',
		{'ip t': [forward, {rule: ['forward', {mangle: {key: payload('ip', 'daddr'), value: '10.0.0.9'}}]}]},
		'unknown',
	],
	['queue', {'ip t': [forward, {rule: ['forward', {queue: {num: 1}}]}]}, 'unknown'],
	[
		'an xt target',
		{'ip t': [pre, post, {rule: ['pre', dnat('10.0.0.9', 80)]}, {rule: ['post', {xt: {type: 'target', name: 'MASQUERADE'}}]}]},
		'10.0.0.9:80!',
	],
	[
		'tables of the other family',
		{'ip6 t': [forward, {rule: ['forward', drop]}], 'bridge t': [forward, {rule: ['forward', drop]}]},
		'leaves',
	],
	[
		'IPv6',
		{'inet t': [pre, {rule: ['pre', match(payload('ip6', 'daddr'), 'fd00:172:30::41'), dnat('fd00:10::9', 80, 'ip6')]}]},
		'[fd00:10::9]:80',
		TO_VIP6,
	],
	[
		'output: before and after translation',
		{
			'ip t': [
				base('out', 'nat', 'output', -100),
				base('f', 'filter', 'output', 0),
				{rule: ['out', dnat('10.0.0.9', 80)]},
				{rule: ['f', match(daddr, '10.0.0.9'), {reject: null}]},
			],
		},
		'refused',
		from(NODE_IP, `${VIP}:80`),
	],
	[
		'the node to itself comes in again, and passes prerouting',
		{'ip t': [base('f', 'filter', 'prerouting', -110), {rule: ['f', match(meta('iifname'), 'lo'), drop]}]},
		'dropped',
		from(NODE_IP, `${NODE_IP}:80`),
	],
	[
		'input for the node, not forward',
		{'ip t': [base('in', 'filter', 'input', 0), forward, {rule: ['forward', drop]}, {rule: ['in', {reject: null}]}]},
		'refused',
		from(OUTSIDE, `${NODE_IP}:80`),
	],
];

for (const [name, tables, expected, packet = TO_VIP] of ROWS) {
	test(name, t => {
		const verdict = traceNft(rulesetOf(tables), HERE, packet);
		t.is(brief(verdict), expected, verdict.because);
	});
}

const affinity = (...svc: readonly object[]) =>
	rulesetOf({
		'ip t': [
			...['a', 'b'].map((name, at): NftObject => ({
				set: {
					name,
					type: 'ipv4_addr',
					flags: ['timeout'],
					timeout: 30,
					elem: at === 0 ? [{elem: {val: POD, timeout: 30, expires: 3}}] : [],
				},
			})),
			pre,
			...['epA', 'epB'].map((name): NftObject => ({chain: {name}})),
			...svc.map((statements): NftObject => ({rule: ['pre', ...(statements as readonly object[])]})),
			{rule: ['epA', {set: {op: 'update', elem: saddr, set: '@a'}}]},
			{rule: ['epA', dnat('10.0.0.8', 80)]},
			{rule: ['epB', {set: {op: 'update', elem: saddr, set: '@b'}}]},
			{rule: ['epB', dnat('10.0.0.9', 80)]},
		],
	});
const [inA, inB, choose] = [
	[match(saddr, '@a'), to('epA', 'goto')],
	[match(saddr, '@b'), to('epB', 'goto')],
	[
		{
			vmap: {
				key: random(2),
				data: {
					set: [
						[0, to('epA', 'goto')],
						[1, to('epB', 'goto')],
					],
				},
			},
		},
	],
];

for (const [name, rules, expected] of [
	['for as long as the sets keep', [inA, inB, choose], '10.0.0.8:80 10.0.0.9:80 30 s'],
	['not where nobody looks', [inA, choose], '10.0.0.8:80 10.0.0.9:80'],
	['not after the choice', [choose, inA, inB], '10.0.0.8:80 10.0.0.9:80'],
	['not where another thing is asked', [inA, [match(daddr, '@b'), to('epB', 'goto')], choose], '10.0.0.8:80 10.0.0.9:80'],
] as const) {
	test(`affinity: ${name}`, t => t.is(brief(traceNft(affinity(...rules), HERE, TO_VIP)), expected));
}

test('the deciding rule is quoted, with table and chain', t => {
	t.is(
		traceNft(
			rulesetOf({'ip t': [VERDICTS, pre, {chain: {name: 'svc'}}, {rule: ['pre', services]}, {rule: ['svc', dnat('10.0.0.9', 80)]}]}),
			HERE,
			TO_VIP,
		).because,
		'ip t svc: dnat to 10.0.0.9:80, reached by ip t pre: ip daddr . meta l4proto . th dport vmap @services',
	);
});
