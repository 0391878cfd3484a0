import {mkdtemp, readFile, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {setTimeout as pause} from 'node:timers/promises';
import test from 'ava';
import {problemRows} from '../../reports/text/problem.ts';
import type {ExecutionContext} from 'ava';
import type {EventBody, Problem} from '../record/events.ts';
import {KubeError} from '../kube-error.ts';
import {TransportError} from '../shell/shell.ts';
import type {CheckContext} from './check-context.ts';
import check from './check.ts';
import type {Body, CheckSpec} from './check.ts';
import {eventually} from '../wait/eventually.ts';
import {Violation} from '../record/problem.ts';
import {runCheck} from './run-check.ts';
import type {Testbed} from '../testbed/testbed.ts';

const problem: Problem = {summary: 'not balanced', expected: 'a', observed: 'b', nodes: ['worker-1'], reproduce: []};

const run = async (t: ExecutionContext, body: Body, options: Partial<CheckSpec> & Partial<CheckContext> = {}) => {
	const runDir = await mkdtemp(join(tmpdir(), 'vipcheck-check-'));
	t.teardown(() => rm(runDir, {recursive: true}));
	const events: EventBody[] = [];
	const closed: string[] = [];
	const result = await runCheck(
		check({title: 'it holds', refs: [], noFault: 'test', budgetMs: 400, ...options, why: 'it matters'}, body),
		'suite/id',
		{
			target: 'embedded/iptables/ipv4/1.36.3',
			runDir,
			emit: event => events.push(event),
			signal: new AbortController().signal,
			open: seat =>
				Promise.resolve({
					testbed: {...seat.recorder, signal: seat.signal} as Testbed,
					autopsy: () => Promise.resolve(void closed.push('autopsy')),
					close: () => Promise.resolve(void closed.push('close')),
				}),
			...options,
		},
	);
	return {...result, events, closed, runDir};
};

const asked = Promise.withResolvers<never>().promise;

const cases: [string, Body, string, RegExp][] = [
	['returns', () => Promise.resolve(), 'passed', /^$/],
	['throws a Violation', () => Promise.reject(new Violation(problem)), 'failed', /^not balanced$/],
	[
		'throws a TransportError',
		() => Promise.reject(new TransportError('pgrep on worker-1: no answer', {cause: new Error('ENOENT')})),
		'broken',
		/^pgrep on worker-1: no answer$/,
	],
	[
		'throws an API transport fault',
		() =>
			Promise.reject(
				new Error('listing pods', {
					cause: new KubeError({verb: 'GET', path: '/api', server: 'https://a'}, {transport: true, cause: new Error('reset')}),
				}),
			),
		'broken',
		/^GET \/api: no answer from https:\/\/a: reset$/,
	],
	['has a mistake of ours', () => Promise.reject(new TypeError('x is not a function')), 'broken', /^x is not a function$/],
	['throws no error', () => Promise.reject('odd' as unknown as Error), 'broken', /^odd$/],
	[
		'ignores its signal',
		async testbed => {
			testbed.step('dialling for ever');
			await asked;
		},
		'broken',
		/^used up its budget of 0\.4 s while: dialling for ever$/,
	],
	['ends after its budget', () => pause(700), 'broken', /^used up its budget of 0\.4 s while: before its first step$/],
	[
		'is waiting for evidence when the budget ends',
		testbed =>
			eventually('the rules have it', () => Promise.resolve({done: false, observed: 'worker-2 lacks it', nodes: ['worker-2']}), {
				timeoutMs: 9000,
				intervalMs: 20,
				signal: testbed.signal,
			}),
		'failed',
		/^the rules have it: not within 0\.\d s$/,
	],
	[
		'is waiting for its own set-up when the budget ends',
		testbed =>
			eventually('pods are Ready', () => Promise.resolve({done: false, observed: 'none'}), {
				timeoutMs: 9000,
				intervalMs: 20,
				signal: testbed.signal,
				onTimeout: 'broken',
			}),
		'broken',
		/^used up its budget/,
	],
];

for (const [name, body, outcome, summary] of cases)
	test(`a check whose body ${name} is ${outcome}`, async t => {
		const result = await run(t, body);
		t.is(result.outcome, outcome as typeof result.outcome);
		t.regex(result.problem?.summary ?? '', summary);
		t.deepEqual(result.events.at(0), {type: 'check-started', target: 'embedded/iptables/ipv4/1.36.3', check: 'suite/id'});
		t.like(result.events.at(-1), {type: 'check-finished', outcome});
		t.deepEqual(result.closed, outcome === 'passed' ? ['close'] : ['autopsy', 'close']);
	});

test('the whole chain of causes is told', async t => {
	const {problem} = await run(t, () => Promise.reject(new Error('outer', {cause: new Error('middle', {cause: new Error('inner')})})));
	t.is(problem?.observed, 'outer\nmiddle\ninner');
});

const RULES = {name: 'rules', detail: 'nat KUBE-SEP-X on worker-1 lacks -j DNAT'} as const;
const asking = (answer: () => Promise<Pick<Problem, 'chain' | 'layer' | 'suspected'>>) => {
	const asked: Problem[] = [];
	const open: CheckContext['open'] = seat =>
		Promise.resolve({
			testbed: seat.recorder as Testbed,
			close: () => Promise.resolve(),
			firstBroken: problem => {
				asked.push(problem);
				return answer();
			},
		});
	return {asked, open};
};

test('a red without a layer gets the first broken one', async t => {
	const {asked, open} = asking(() => Promise.resolve({layer: RULES}));
	const {problem: told, events} = await run(t, () => Promise.reject(new Violation(problem)), {open});
	t.deepEqual(asked, [problem]);
	t.deepEqual(told, {...problem, layer: RULES});
	t.like(events.at(-1), {type: 'check-finished', outcome: 'failed', problem: {layer: RULES}});
});

test('where no layer is proven broken, the red shows what is suspected', async t => {
	const suspected = ['conntrack: worker-1: conntrack: not within the time limit'];
	const {open} = asking(() => Promise.resolve({suspected}));
	const {problem: told} = await run(t, () => Promise.reject(new Violation(problem)), {open});
	t.deepEqual(told, {...problem, suspected});
	t.deepEqual(
		problemRows({...problem, suspected}, []).find(([label]) => label === 'suspected'),
		['suspected', suspected[0]],
	);
});

test('a red tells what the machine of the run may have to do with it', async t => {
	const watched: string[] = [];
	const watch = () => (watched.push('begun'), () => (watched.push('ended'), 'the machine stood still'));
	const {problem: told} = await run(t, () => Promise.reject(new Violation(problem)), {watch});
	t.deepEqual(watched, ['begun', 'ended']);
	t.is(told?.machine, 'the machine stood still');
	t.deepEqual(
		problemRows({...problem, machine: 'the machine stood still'}, []).find(([label]) => label === 'machine'),
		['machine', 'the machine stood still'],
	);
});

test('a red that names its layer keeps it; nobody looks after green and broken checks', async t => {
	const {asked, open} = asking(() => Promise.resolve({layer: RULES}));
	const own = {...problem, layer: {name: 'lb', detail: 'no speaker'}} as const;
	t.deepEqual((await run(t, () => Promise.reject(new Violation(own)), {open})).problem, own);
	t.is((await run(t, () => Promise.resolve(), {open})).outcome, 'passed');
	t.is((await run(t, () => Promise.reject(new TransportError('no answer')), {open})).problem?.layer, undefined);
	t.deepEqual(asked, []);
});

test('a layer that cannot be found leaves the red as it is, and is told', async t => {
	const {open} = asking(() => Promise.reject(new TypeError('x is not a function')));
	const {problem: told, outcome, events} = await run(t, () => Promise.reject(new Violation(problem)), {open});
	t.is(outcome, 'failed');
	t.deepEqual(told, problem);
	t.true(events.some(event => event.type === 'check-step' && event.text === 'finding the first broken layer: x is not a function'));
});

test('waiting for locks is not part of the budget; failing to get them is broken', async t => {
	const slow = await run(t, () => Promise.resolve(), {
		acquire: async () => {
			await pause(600);
			return () => undefined;
		},
	});
	t.is(slow.outcome, 'passed');
	const lost = await run(t, () => Promise.resolve(), {acquire: () => Promise.reject(new TransportError('the run is gone'))});
	t.is(lost.outcome, 'broken');
});

test('an interrupted check is broken and says what it was doing', async t => {
	const controller = new AbortController();
	setTimeout(() => controller.abort(new Error('SIGINT')), 50);
	const {outcome, problem} = await run(
		t,
		async testbed => {
			testbed.step('looking');
			await asked;
		},
		{signal: controller.signal, budgetMs: 30_000},
	);
	t.is(outcome, 'broken');
	t.is(problem?.observed, 'its last step: looking');
});

test('a testbed that cannot be opened is broken', async t => {
	const {outcome, closed} = await run(t, () => Promise.resolve(), {open: () => Promise.reject(new TransportError('no namespace'))});
	t.is(outcome, 'broken');
	t.deepEqual(closed, []);
});

test('clean-up that fails is told and changes nothing', async t => {
	const {outcome, events} = await run(t, () => Promise.resolve(), {
		open: seat => Promise.resolve({testbed: seat.recorder as Testbed, close: () => Promise.reject(new Error('503'))}),
	});
	t.is(outcome, 'passed');
	t.like(events.at(-2), {type: 'check-step', text: 'cleaning up: 503'});
});

test('hooks come before the body, where it is settled, and before the namespace goes', async t => {
	const order: string[] = [];
	const say = (what: string) => () => Promise.resolve(void order.push(what));
	await run(
		t,
		async testbed => {
			order.push('set-up');
			await testbed.settled();
			order.push('probe');
		},
		{hooks: {beforeBody: say('beforeBody'), settled: say('settled'), afterBody: say('afterBody')}},
	);
	t.deepEqual(order, ['beforeBody', 'set-up', 'settled', 'probe', 'afterBody']);
});

test('a fault that cannot be taken out makes the check broken', async t => {
	const {outcome} = await run(t, () => Promise.reject(new Violation(problem)), {
		hooks: {afterBody: () => Promise.reject(new Error('iptables is gone'))},
	});
	t.is(outcome, 'broken');
});

test('evidence has safe, distinct names', async t => {
	const {events, runDir} = await run(t, testbed => {
		testbed.evidence('../../etc/passwd', 'one');
		testbed.evidence('worker 1: nat.txt', 'two');
		testbed.evidence('worker 1: nat.txt', 'three');
		return Promise.resolve();
	});
	const paths = events.flatMap(event => (event.type === 'check-evidence' ? [event.evidence.path] : []));
	const dir = 'targets/embedded-iptables-ipv4-1.36.3/evidence/suite-id/';
	t.deepEqual(paths, [`${dir}etc-passwd`, `${dir}worker-1-nat.txt`, `${dir}worker-1-nat-2.txt`]);
	t.is(await readFile(join(runDir, paths[2]!), 'utf8'), 'three');
});

test('one run of a body with rows has the events of each row', async t => {
	const {asked: about, open} = asking(() => Promise.resolve({layer: RULES}));
	const events: EventBody[] = [];
	const runDir = await mkdtemp(join(tmpdir(), 'vipcheck-check-'));
	t.teardown(() => rm(runDir, {recursive: true}));
	const rows = {one: {title: 'first', why: 'for one'}, two: {title: 'second', why: 'for two'}, three: {title: 'third', why: 'for three'}};
	const {outcome} = await runCheck(
		check({title: 'it holds', refs: [], noFault: 'test', rows}, async testbed => {
			testbed.step('reading');
			await testbed.row('one', recorder => recorder.step('comparing'));
			await testbed.row('two', () => Promise.reject(new Violation(problem)));
			await testbed.row('three', () => Promise.reject(new Violation({...problem, nodes: ['worker-2']})));
		}),
		['suite/id/one', 'suite/id/two', 'suite/id/three'],
		{target: 'x/iptables/ipv4/1.36.3', runDir, emit: event => events.push(event), signal: new AbortController().signal, open},
	);
	t.is(outcome, 'failed');
	t.deepEqual(
		events.flatMap(event => (event.type === 'check-step' ? [`${event.check}: ${event.text}`] : [])),
		['suite/id/one: reading', 'suite/id/two: reading', 'suite/id/three: reading', 'suite/id/one: comparing'],
	);
	t.deepEqual(
		events.flatMap(event =>
			event.type === 'check-finished' ? [[event.check, event.outcome, event.problem?.layer?.name, event.problem?.nodes]] : [],
		),
		[
			['suite/id/one', 'passed', undefined, undefined],
			['suite/id/two', 'failed', 'rules', ['worker-1']],
			['suite/id/three', 'failed', 'rules', ['worker-2']],
		],
	);
	// The chain is walked once for all of them.
	t.deepEqual(
		about.map(({nodes}) => nodes),
		[['worker-1', 'worker-2']],
	);
});
