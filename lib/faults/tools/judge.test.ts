import test from 'ava';
import type {Problem} from '../../record/events.ts';
import {judgeFault} from './judge.ts';
import type {Injection} from './put-in.ts';

const fault = {id: 'endpoint-rule', title: 'one endpoint has no DNAT rule on one node', layer: 'rules'} as const;
const RULES = {name: 'rules', detail: 'nat KUBE-SEP-X on worker-3 lacks -j DNAT'} as const;
const inside: Injection = {state: 'in', node: 'worker-3'};
const problem = (more: Partial<Problem>): Problem => ({
	summary: 'ways go wrong',
	expected: 'an answer',
	observed: 'timeout',
	layer: RULES,
	reproduce: [],
	...more,
});
const red = (more: Partial<Problem>) => ({outcome: 'failed', ms: 1, problem: problem(more)}) as const;

for (const [name, injection, result, outcome, summary] of [
	['red, names the node', inside, red({nodes: ['worker-3']}), 'passed', undefined],
	['red, names the node in words', inside, red({observed: 'worker-3: 200 timeout of 600'}), 'passed', undefined],
	['red, a fault without a node', {state: 'in'}, red({nodes: ['a', 'b']}), 'passed', undefined],
	[
		'red, names another layer',
		inside,
		red({nodes: ['worker-3'], layer: {name: 'kube-proxy', detail: 'hangs'}}),
		'failed',
		'goes red with endpoint-rule, but names the layer kube-proxy instead of rules',
	],
	[
		'red, names no layer',
		inside,
		{outcome: 'failed', ms: 1, problem: {summary: 's', expected: 'e', observed: 'o', nodes: ['worker-3'], reproduce: []}},
		'failed',
		'goes red with endpoint-rule, but names no layer instead of rules',
	],
	['green', inside, {outcome: 'passed', ms: 1}, 'failed', 'stays green with endpoint-rule'],
	['broken', inside, {outcome: 'broken', ms: 1, problem: problem({})}, 'failed', 'is broken by endpoint-rule instead of red'],
	[
		'red, names another node',
		inside,
		red({nodes: ['worker-1']}),
		'failed',
		'goes red with endpoint-rule, but names worker-1 instead of worker-3',
	],
	[
		'red, names another node that begins alike',
		inside,
		red({observed: 'worker-30 refuses'}),
		'failed',
		'goes red with endpoint-rule, but names no node instead of worker-3',
	],
	[
		'red, blames every node',
		inside,
		red({nodes: ['worker-1', 'worker-2', 'worker-3']}),
		'failed',
		'goes red with endpoint-rule, but names worker-1, worker-2, worker-3 instead of worker-3',
	],
	['red too early', {state: 'not yet'}, red({nodes: ['worker-3']}), 'failed', 'is red before endpoint-rule was in'],
	[
		'green without settled()',
		{state: 'not yet'},
		{outcome: 'passed', ms: 1},
		'failed',
		'never called settled(), so endpoint-rule was never put in',
	],
	[
		'broken too early',
		{state: 'not yet'},
		{outcome: 'broken', ms: 1, problem: problem({})},
		'broken',
		'is broken before endpoint-rule was in',
	],
	[
		'not put in',
		{state: 'could not be put in', node: 'worker-3', error: new Error('nft is missing')},
		{outcome: 'broken', ms: 1, problem: problem({})},
		'broken',
		'endpoint-rule could not be put in',
	],
] as const satisfies readonly (readonly [string, Injection, Parameters<typeof judgeFault>[3], string, string | undefined])[])
	test(`a check that is ${name}: ${outcome}`, t => {
		const verdict = judgeFault(fault, 'clusterip/reach', injection, result, {undone: true});
		t.is(verdict.outcome, outcome);
		t.is(verdict.problem?.summary, summary);
		if (verdict.problem) t.deepEqual(verdict.problem.reproduce, ['vipcheck faults --match clusterip/reach --fault endpoint-rule']);
	});

test('a fault that is still in: broken, whatever the check said', t => {
	t.is(judgeFault(fault, 'clusterip/reach', inside, red({nodes: ['worker-3']}), {undone: false}).outcome, 'broken');
});

test('a layer that nothing can tell is not asked for', t => {
	t.is(judgeFault({...fault, layer: 'policy'}, 'clusterip/reach', inside, red({nodes: ['worker-3']}), {undone: true}).outcome, 'passed');
});
