import test from 'ava';
import type {CheckSpec} from './check.ts';
import {decide} from './decide.ts';
import {ALL_CAPABILITIES, type Capabilities} from './needs.ts';
import {matcher} from './match.ts';

const all = ALL_CAPABILITIES;
const none: Capabilities = {
	...all,
	'node-access': {ok: false, why: 'no ssh key given'},
	'outside-host': {ok: false, why: 'nothing on the segment'},
};
const spec = (more: Partial<CheckSpec> = {}): CheckSpec => ({title: 't', refs: [], noFault: 'test', ...more}) as CheckSpec;

const cases: [string, CheckSpec, Capabilities, string[], string | undefined, string?][] = [
	['runs', spec(), all, [], undefined],
	['another mode', spec({modes: ['ipvs', 'nftables']}), all, [], 'not-applicable: only in ipvs and nftables mode; this is iptables'],
	['a need that is met', spec({needs: ['node-access']}), all, [], undefined],
	[
		'needs that are not met',
		spec({needs: ['node-access', 'outside-host']}),
		none,
		[],
		"unsupported: needs a shell on the nodes: no ssh key given; needs a host on the nodes' segment that is not a node: nothing on the segment",
	],
	['filtered comes first', spec({modes: ['ipvs']}), none, ['nodeport/*'], 'filtered: left out by --match'],
	['exact rules of a version that the model knows', spec({exactRules: true}), all, [], undefined],
	[
		'exact rules of a later one',
		spec({exactRules: true, needs: ['node-access']}),
		none,
		[],
		'not-applicable: the rules of iptables mode are known for kube-proxy 1.34 to 1.37, this is 1.40',
		'1.40.0',
	],
	['exact rules of a version that tells itself only when it runs', spec({exactRules: true}), all, [], undefined, 'devel'],
	['a later version, and no exact rules', spec(), all, [], undefined, '1.40.0'],
	['a family that it is not for', spec({families: ['ipv6']}), all, [], 'not-applicable: only over ipv6; this is ipv4'],
	[
		'mode comes before needs',
		spec({modes: ['ipvs'], needs: ['node-access']}),
		none,
		[],
		'not-applicable: only in ipvs mode; this is iptables',
	],
];

for (const [name, check, capabilities, patterns, expected, version = '1.36.3'] of cases)
	test(`decide: ${name}`, t => {
		const skip = decide(check, 'clusterip/reach', {mode: 'iptables', version, capabilities, matches: matcher(patterns)});
		t.is(skip && `${skip.kind}: ${skip.detail}`, expected);
	});

const patterns: [string[], string, boolean][] = [
	[[], 'a/b', true],
	[['a/*'], 'a/b', true],
	[['a'], 'a/b', true],
	[['a/'], 'a/b', true],
	[['a'], 'ab/c', false],
	[['rules/ipset-exact'], 'rules/ipset-exact/KUBE-CLUSTER-IP', true],
	[['*/balan*'], 'clusterip/balancing', true],
	[['b', 'a/b,c'], 'a/b', true],
	[['a.c/*'], 'abc/d', false],
	[['!a'], 'a/b', false],
	[['!a'], 'b/c', true],
	[['a,!a/b'], 'a/b', false],
	[['a', '!a/b'], 'a/c', true],
	[['!a/b', 'a'], 'c/d', false],
];

for (const [given, id, expected] of patterns)
	test(`match: ${given.join(' ') || 'nothing'} ${expected ? 'fits' : 'does not fit'} ${id}`, t => {
		t.is(matcher(given)(id), expected);
	});

const theirs = (disruptive: boolean) => ({
	mode: 'iptables' as const,
	version: '1.36.3',
	existing: {yes: true, disruptive},
	capabilities: all,
	matches: () => true,
});

test('a cluster of others is not disturbed unless that is allowed', t => {
	t.deepEqual(decide(spec({exclusive: ['rules', 'node', 'dns']}), 'a/b', theirs(false)), {
		kind: 'unsupported',
		detail: 'disturbs what others use (node, dns): --disruptive allows it',
	});
	t.is(decide(spec({exclusive: ['node']}), 'a/b', theirs(true)), undefined);
	t.is(decide(spec({exclusive: ['rules']}), 'a/b', theirs(false)), undefined);
});
