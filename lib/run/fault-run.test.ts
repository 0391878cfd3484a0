import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import check, {type Body} from '../check/check.ts';
import {ALL_CAPABILITIES} from '../check/needs.ts';
import {Violation} from '../record/problem.ts';
import type {TestNode, Testbed} from '../testbed/testbed.ts';
import type {EventBody} from '../record/events.ts';
import type {Fault} from '../faults/tools/fault.ts';
import {pendingUndos} from '../change/undo.ts';
import type {Kube} from '../kube.ts';
import {TransportError} from '../shell/shell.ts';
import {stubShell, stubShells, type Reply} from '../../test/stub-shell.ts';
import {targetKey, type ClusterRef} from '../target.ts';
import {faultsJob} from './fault-run.ts';
import type {Session} from './session.ts';
import {serveLocks} from './locks.ts';

const nodes = ['worker-1', 'worker-2'].map(name => ({name}) as TestNode);
const fault: Fault = {
	id: 'endpoint-rule',
	title: 'it is broken',
	layer: 'rules',
	on: 'node',
	when: 'settled',
	stopsKubeProxy: false,
	applies: ({mode}) => ({ok: true, how: mode}),
	plan: (_, {name}) =>
		Promise.resolve({inject: [{kind: 'run', node: name, argv: ['break']}], undo: [{kind: 'run', node: name, argv: ['mend']}]}),
};
const violation = (...names: string[]) => new Violation({summary: 'goes wrong', expected: 'a', observed: 'b', nodes: names, reproduce: []});

/** Runs one check with one fault. The body gets to know whether the fault is in. */
const run = async (
	t: ExecutionContext,
	probe: (broken: boolean) => Promise<void>,
	replies: Readonly<Record<string, Reply>> = {break: '', mend: ''},
) => {
	const dir = await mkdtemp(join(tmpdir(), 'vipcheck-faults-'));
	t.teardown(() => rm(dir, {recursive: true}));
	const events: EventBody[] = [];
	const shell = stubShell(replies);
	const body: Body = async testbed => {
		await testbed.settled();
		await probe(shell.calls.filter(call => call !== 'mend').length > shell.calls.filter(call => call === 'mend').length);
	};
	const job = faultsJob(
		[{id: 'suite/one', check: check({title: 'it holds', why: 'it matters', refs: [], faults: ['endpoint-rule']}, body)}],
		[fault],
		{match: [], only: []},
		{
			tools: () => Promise.resolve({kube: {} as Kube, shells: stubShells(shell)}),
			testbeds: () => ({
				open: seat =>
					Promise.resolve({
						testbed: {...seat.recorder, signal: seat.signal, nodes, workers: nodes, mode: 'iptables'} as unknown as Testbed,
						firstBroken: () => Promise.resolve({layer: {name: 'rules', detail: 'nat X lacks y'}}),
						close: () => Promise.resolve(),
					}),
				close: () => Promise.resolve(),
			}),
		},
	);
	const checks = job.plan({mode: 'iptables', family: 'ipv4', version: '1.36.3'}, ALL_CAPABILITIES);
	const cluster = {
		id: 'abc',
		dir,
		target: {provider: 'embedded', mode: 'iptables', family: 'ipv4', version: '1.36.3', workers: 2},
	} as ClusterRef;
	const locks = await serveLocks(job.seats);
	const session = {
		locks: locks.path,
		id: 'run',
		dir: {path: dir, shown: dir},
		signal: new AbortController().signal,
		emit: (event: EventBody) => events.push(event),
	} as unknown as Session;
	const error = await job
		.run(session, {runId: 'run', target: targetKey(cluster.target), cluster, mode: 'iptables', checks, repeat: 1})
		.then(
			() => undefined,
			(thrown: unknown) => thrown as Error,
		);
	await locks.close();
	const outcomes = Object.fromEntries(
		events.flatMap(event =>
			event.type === 'check-finished' ? [[event.check, `${event.outcome}${event.problem ? `: ${event.problem.summary}` : ''}`]] : [],
		),
	);
	return {outcomes, events, error, calls: shell.calls, left: await pendingUndos(dir)};
};

for (const [name, probe, expected] of [
	[
		'red by the fault and green without',
		async (broken: boolean) => {
			if (broken) throw violation('worker-2');
		},
		{'suite/one+endpoint-rule': 'passed', 'suite/one': 'passed'},
	],
	[
		'green with it',
		() => Promise.resolve(),
		{'suite/one+endpoint-rule': 'failed: stays green with endpoint-rule', 'suite/one': 'passed'},
	],
	[
		'broken by it',
		async (broken: boolean) => {
			if (broken) throw new TransportError('no answer');
		},
		{'suite/one+endpoint-rule': 'failed: is broken by endpoint-rule instead of red', 'suite/one': 'passed'},
	],
	[
		'red by it, but names another node',
		async (broken: boolean) => {
			if (broken) throw violation('worker-1');
		},
		{'suite/one+endpoint-rule': 'failed: goes red with endpoint-rule, but names worker-1 instead of worker-2', 'suite/one': 'passed'},
	],
	[
		'red also without it',
		() => Promise.reject(violation('worker-2')),
		{'suite/one+endpoint-rule': 'passed', 'suite/one': 'failed: goes wrong'},
	],
] as const)
	test(`a check that is ${name}`, async t => {
		const {outcomes, calls, left, error} = await run(t, probe);
		t.deepEqual(outcomes, expected);
		t.deepEqual(calls, ['break', 'mend']);
		t.deepEqual(left, []);
		t.is(error, undefined);
	});

test('what the check said is kept as evidence and, where it is right, as a step', async t => {
	const {events} = await run(t, async broken => {
		if (broken) throw violation('worker-2');
	});
	t.true(events.some(event => event.type === 'check-step' && event.text === 'endpoint-rule is in, on worker-2: it is broken'));
	t.true(events.some(event => event.type === 'check-step' && event.text === 'went red, as it must: goes wrong; rules: nat X lacks y'));
	t.true(
		events.some(
			event =>
				event.type === 'check-evidence' &&
				event.check === 'suite/one+endpoint-rule' &&
				event.evidence.name === 'what-the-check-said.txt',
		),
	);
});

test('a fault that cannot be put in is taken out all the same: broken', async t => {
	const {outcomes, calls} = await run(t, () => Promise.resolve(), {break: {exitCode: 1, stderr: 'no such rule'}, mend: ''});
	t.deepEqual(outcomes, {'suite/one+endpoint-rule': 'broken: endpoint-rule could not be put in', 'suite/one': 'passed'});
	t.deepEqual(calls, ['break', 'mend']);
});

test('a fault that cannot be taken out ends the run, its undo on disk', async t => {
	const {outcomes, left, error} = await run(t, () => Promise.reject(violation('worker-2')), {break: '', mend: {exitCode: 1}});
	t.deepEqual(outcomes, {'suite/one+endpoint-rule': 'broken: endpoint-rule could not be taken out again'});
	t.like(left[0], {name: 'endpoint-rule', check: 'suite/one'});
	t.is(error?.message, 'endpoint-rule is still in: `vipcheck faults --undo abc` tries again');
});
