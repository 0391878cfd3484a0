import test from 'ava';
import check from '../check/check.ts';
import type {CheckSpec} from '../check/check.ts';
import {ALL_CAPABILITIES} from '../check/needs.ts';
import type {Fault} from '../faults/tools/fault.ts';
import {planFaults, type FaultPlanInput} from './fault-plan.ts';

const fault = (id: string, modes: readonly string[] = ['iptables']): Fault => ({
	id,
	title: `${id} is in`,
	layer: 'rules',
	on: 'cluster',
	when: 'settled',
	plan: () => Promise.resolve({inject: [], undo: []}),
	applies: ({mode}) => (modes.includes(mode) ? {ok: true, how: mode} : {ok: false, why: `not in ${mode}`}),
});
const all = [fault('endpoint-rule'), fault('dns-wrong', ['iptables', 'nftables']), fault('dns-extra')];
const found = (id: string, spec: Partial<CheckSpec>) => ({
	id,
	check: check({title: 'it holds', why: 'it matters', refs: [], ...spec} as CheckSpec, () => Promise.resolve()),
});
const input: FaultPlanInput = {
	mode: 'iptables',
	family: 'ipv4',
	version: '1.36.3',
	capabilities: {...ALL_CAPABILITIES, 'outside-host': {ok: false, why: 'none'}},
	matches: () => true,
	only: [],
};
const plan = (spec: Partial<CheckSpec>, more: Partial<FaultPlanInput> = {}) =>
	planFaults([found('dns/srv', spec)], all, {...input, ...more}).map(
		({planned}) => `${planned.id}${planned.skip ? `: ${planned.skip.detail}` : ''}`,
	);

for (const [name, seen, expected] of [
	[
		'each fault with its variants, then the check itself',
		plan({faults: ['endpoint-rule', 'dns-*']}),
		['dns/srv+endpoint-rule', 'dns/srv+dns-wrong', 'dns/srv+dns-extra', 'dns/srv'],
	],
	[
		'two families',
		plan({faults: ['endpoint-rule']}, {family: 'dual'}),
		['dns/srv@ipv4+endpoint-rule', 'dns/srv@ipv4', 'dns/srv@ipv6+endpoint-rule', 'dns/srv@ipv6'],
	],
	[
		'--others',
		plan({faults: ['dns-wrong']}, {others: true}),
		['dns/srv+dns-wrong', 'dns/srv+endpoint-rule', 'dns/srv+dns-extra', 'dns/srv'],
	],
	[
		'--others of a check without a fault of its own',
		plan({noFault: 'the API alone'} as Partial<CheckSpec>, {others: true, only: ['dns-extra']}),
		['dns/srv+endpoint-rule: left out by --fault', 'dns/srv+dns-wrong: left out by --fault', 'dns/srv+dns-extra', 'dns/srv'],
	],
	[
		'--fault',
		plan({faults: ['endpoint-rule', 'dns-*']}, {only: ['dns-*']}),
		['dns/srv+endpoint-rule: left out by --fault', 'dns/srv+dns-wrong', 'dns/srv+dns-extra', 'dns/srv'],
	],
	[
		'--fault of other checks',
		plan({faults: ['endpoint-rule']}, {only: ['dns-*']}),
		['dns/srv+endpoint-rule: left out by --fault', 'dns/srv: left out by --fault'],
	],
	[
		'another mode',
		plan({faults: ['endpoint-rule', 'dns-*']}, {mode: 'nftables'}),
		['dns/srv+endpoint-rule: not in nftables', 'dns/srv+dns-wrong', 'dns/srv+dns-extra: not in nftables', 'dns/srv'],
	],
	[
		'a mode without any',
		plan({faults: ['endpoint-rule']}, {mode: 'nftables'}),
		['dns/srv+endpoint-rule: not in nftables', 'dns/srv: none of its faults can be put in here'],
	],
	[
		'a check that the target cannot run',
		plan({faults: ['endpoint-rule'], needs: ['outside-host']}),
		['dns/srv+endpoint-rule', 'dns/srv'].map(id => `${id}: needs a host on the nodes' segment that is not a node: none`),
	],
	[
		'a check without a fault',
		plan({noFault: 'the API alone'} as Partial<CheckSpec>),
		['dns/srv: no fault can turn it red: the API alone'],
	],
] as const)
	test(name, t => t.deepEqual(seen, expected));

test('the check itself says why it matters, its faults do not', t => {
	const trials = planFaults([found('dns/srv', {faults: ['endpoint-rule']})], all, input);
	t.deepEqual(
		trials.map(({planned}) => planned.why),
		[undefined, 'it matters'],
	);
});

test('a fault that there is not is an error', t => {
	t.throws(() => plan({faults: ['no-such-fault']}), {
		instanceOf: RangeError,
		message: 'suites/dns/srv.ts names the fault no-such-fault, which lib/faults does not have',
	});
});
