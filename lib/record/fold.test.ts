import test from 'ava';
import {sampleEvents, sampleText} from '../../reports/fixtures/sample-run.ts';
import type {Event, EventBody} from './events.ts';
import type {Run} from './run.ts';
import {closingLine, exitCode, fold, parseEvents} from './fold.ts';
import {namingLine} from './naming-line.ts';

const T = 'embedded/ipvs/ipv4/1.36.3';
const planned = (...ids: string[]): EventBody => ({
	type: 'target-planned',
	target: T,
	spec: {provider: 'embedded', mode: 'ipvs', family: 'ipv4', version: '1.36.3', workers: 1},
	reason: 'asked for',
	checks: ids.map(id => ({id, title: id, refs: [], budgetMs: 1_000})),
});
const start: EventBody = {
	type: 'run-started',
	id: '1',
	command: [],
	vipcheck: '0',
	host: {os: '', kernel: '', cpus: 1, memoryMiB: 1, node: ''},
};
const started = (check: string): EventBody => ({type: 'check-started', target: T, check});
const finished = (check: string, outcome: 'passed' | 'failed' | 'broken' | 'known'): EventBody => ({
	type: 'check-finished',
	target: T,
	check,
	outcome,
	ms: 1,
});
const exited: EventBody = {
	type: 'runner-exited',
	target: T,
	exitCode: undefined,
	signal: 'SIGSEGV',
	output: `${'noise\n'.repeat(50)}the last words\n`,
};
const failed: EventBody = {
	type: 'target-failed',
	target: T,
	problem: {summary: 'etcd did not answer', expected: 'ready', observed: 'refused', layer: {name: 'api', detail: 'etcd'}, reproduce: []},
};
const ready: EventBody = {type: 'cluster-ready', target: T, facts: {kubernetes: 'v1.36.3', mode: 'ipvs', nodes: [], parts: {}}};
const interrupted: EventBody = {type: 'interrupted', signal: 'SIGINT'};
const over: EventBody = {type: 'run-finished'};
const run = (...bodies: EventBody[]): Run => fold(bodies.map((body, at): Event => ({at: at * 10, ...body})));
const checkOf = (folded: Run, id: string) => folded.targets[0]!.checks.find(check => check.id === id)!;

test('what a run of rows spent is told by an id that is no check', t => {
	const spent: EventBody = {type: 'check-spent', target: T, check: 'a/table', on: 'pods', ms: 5};
	const folded = run(start, planned('a/table/one'), ready, started('a/table/one'), spent, finished('a/table/one', 'passed'), over);
	t.deepEqual(
		folded.targets[0]!.checks.map(({id}) => id),
		['a/table/one'],
	);
	t.is(exitCode(folded), 0);
});

test('the whole sample', t => {
	const folded = fold(parseEvents(sampleText()));
	t.is(folded.status, 'finished');
	t.deepEqual(folded.counts, {passed: 12, failed: 3, broken: 1, known: 2, skipped: 8});
	t.is(closingLine(folded), '12 passed, 4 failed, 10 skipped');
	t.is(
		namingLine(folded),
		'broken (counted as failed): dns/srv on embedded/ipvs/dual/1.36.3. known (counted as skipped): udp/conntrack-zero on embedded/iptables/ipv4/1.36.3; udp/conntrack-zero on embedded/ipvs/dual/1.36.3',
	);
	t.is(exitCode(folded), 1);
	const [steps, cluster] = [folded.targets[0]!.steps, folded.targets[0]!.facts];
	t.deepEqual(steps.map(step => [step.name, step.ms, step.log])[0], ['build kubernetes 1.36.3', 184_000, 'logs/build.log']);
	t.is(cluster?.nodes.length, 4);
});

/** What must hold however early the record ends. */
const correct = (events: readonly Event[], folded: Run): string[] => {
	const wrong: string[] = [];
	const finishedIds = new Map(
		events.flatMap(event => (event.type === 'check-finished' ? [[`${event.target} ${event.check}`, event.outcome]] : [])),
	);
	for (const plan of events) {
		if (plan.type !== 'target-planned') continue;
		const target = folded.targets.find(found => found.key === plan.target);
		for (const check of plan.checks) {
			const found = target?.checks.filter(other => other.id === check.id) ?? [];
			const closed = events.some(event => event.type === 'run-finished');
			const expected = finishedIds.get(`${plan.target} ${check.id}`) ?? (check.skip || !closed ? 'skipped' : 'broken');
			if (found.length !== 1 || found[0]!.outcome !== expected)
				wrong.push(`${plan.target} ${check.id}: ${found.map(other => other.outcome).join(' ')}, expected ${expected}`);
			if (found[0]?.outcome === 'broken' && !found[0].problem?.summary) wrong.push(`${check.id}: broken without a reason`);
			if (found[0]?.outcome === 'skipped' && !found[0].skip?.detail) wrong.push(`${check.id}: skipped without a reason`);
		}
	}
	const total = Object.values(folded.counts).reduce((sum, n) => sum + n, 0);
	if (total !== folded.targets.reduce((sum, target) => sum + target.checks.length, 0)) wrong.push(`counts do not add up: ${total}`);
	const closed = events.some(event => event.type === 'run-finished');
	if (exitCode(folded) !== (closed ? 1 : 130)) wrong.push(`exit code ${exitCode(folded)}`);
	return wrong;
};

test('a record cut at any line, or inside any line, folds to a correct report', t => {
	const lines = sampleText().split('\n').slice(0, -1);
	for (let n = 0; n <= lines.length; n++) {
		const whole = lines
			.slice(0, n)
			.map(line => `${line}\n`)
			.join('');
		const next = lines[n] ?? '';
		for (const length of [0, 1, Math.floor(next.length / 2), next.length - 1]) {
			const events = parseEvents(whole + next.slice(0, Math.max(0, length)));
			t.is(events.length, n);
			t.deepEqual(correct(events, fold(events)), [], `cut at line ${n}, ${length} characters into the next`);
		}
	}
});

test('a killed run says which check it was in', t => {
	const events = sampleEvents();
	const cut = events.slice(0, events.findIndex(event => event.type === 'check-finished') + 1);
	const folded = fold(cut);
	t.is(folded.status, 'interrupted');
	t.is(folded.signal, undefined);
	t.is(checkOf(folded, 'clusterip/hairpin').outcome, 'passed');
	t.deepEqual(checkOf(folded, 'clusterip/reach').skip, {
		kind: 'stopped',
		detail: 'the record of the run ends here: it was killed; its last step: 800 of 800 answered',
	});
	t.true(checkOf(folded, 'clusterip/reach').ms > 0);
	t.is(folded.targets.length, 1);
});

for (const [what, bodies, id, summary, code] of [
	['no cluster', [start, planned('a/b'), failed, over], 'a/b', 'not run: the cluster could not be created: etcd did not answer', 2],
	[
		'a lost cluster',
		[start, planned('a/b'), ready, failed, exited, over],
		'a/b',
		'not run: the cluster was lost: etcd did not answer',
		2,
	],
	[
		'a lost cluster, while running',
		[start, planned('a/b'), ready, started('a/b'), failed, over],
		'a/b',
		'ended while running: the cluster was lost: etcd did not answer',
		2,
	],
	['a crashed runner', [start, planned('a/b'), started('a/b'), exited, over], 'a/b', 'the runner ended before this check did', 2],
	[
		'a crashed runner, killed afterwards',
		[start, planned('a/b'), started('a/b'), exited],
		'a/b',
		'the runner ended before this check did',
		130,
	],
	[
		'a crashed runner, before it began',
		[start, planned('a/b', 'c/d'), finished('a/b', 'failed'), exited, over],
		'c/d',
		'not run: the runner ended before this check began',
		1,
	],
	[
		'a forgotten check',
		[start, planned('a/b'), {type: 'target-finished', target: T}, over],
		'a/b',
		'not run: the run went on without it',
		2,
	],
	['a check that nobody planned', [start, planned(), started('x/y'), exited, over], 'x/y', 'the runner ended before this check did', 2],
] as const) {
	test(`without a result: ${what}`, t => {
		const folded = run(...bodies);
		t.is(checkOf(folded, id).outcome, 'broken');
		t.is(checkOf(folded, id).problem?.summary, summary);
		t.is(exitCode(folded), code);
	});
}

const step: EventBody = {type: 'check-step', target: T, check: 'a/b', text: 'dialling'};
const saidBroken: EventBody = {
	type: 'check-finished',
	target: T,
	check: 'a/b',
	outcome: 'broken',
	ms: 7,
	problem: {summary: 'the run was ended while this check ran', expected: '', observed: '', reproduce: []},
};
const plan2 = planned('a/b', 'c/d');

for (const [what, bodies, kind, detail, line] of [
	[
		'a signal while running',
		[start, plan2, started('a/b'), step, interrupted, exited, failed, over],
		'stopped',
		'the run was ended by SIGINT; its last step: dialling',
		'interrupted: 0 passed, 1 stopped while running, 1 not run (both counted as skipped)',
	],
	[
		'a signal while running, which the check tells',
		[start, plan2, started('a/b'), interrupted, saidBroken, over],
		'stopped',
		'the run was ended by SIGINT; the run was ended while this check ran',
		'interrupted: 0 passed, 1 stopped while running, 1 not run (both counted as skipped)',
	],
	[
		'a signal before it began',
		[start, plan2, finished('c/d', 'failed'), interrupted, over],
		'not-run',
		'the run was interrupted',
		'interrupted: 0 passed, 1 failed, 1 not run (counted as skipped)',
	],
	[
		'a kill',
		[start, plan2, finished('c/d', 'passed')],
		'not-run',
		'the run was killed',
		'interrupted: 1 passed, 1 not run (counted as skipped)',
	],
	[
		'a kill while running',
		[start, plan2, finished('c/d', 'passed'), started('a/b')],
		'stopped',
		'the record of the run ends here: it was killed',
		'interrupted: 1 passed, 1 stopped while running (counted as skipped)',
	],
	[
		'a signal while it is repeated',
		[start, plan2, finished('a/b', 'passed'), started('a/b'), interrupted, over],
		'stopped',
		'the run was ended by SIGINT',
		'interrupted: 0 passed, 1 stopped while running, 1 not run (both counted as skipped)',
	],
] as const) {
	test(`cut short: ${what}`, t => {
		const folded = run(...bodies);
		const {outcome, skip, problem} = checkOf(folded, 'a/b');
		t.is(outcome, 'skipped');
		t.deepEqual(skip, {kind, detail});
		t.is(problem, undefined);
		t.is(namingLine(folded), line);
		t.is(folded.counts.broken, 0);
		t.is(exitCode(folded), 130);
	});
}

for (const [what, bodies, outcome] of [
	['a red before it', [finished('a/b', 'broken'), interrupted], 'broken'],
	['a failure that was seen all the same', [started('a/b'), interrupted, finished('a/b', 'failed')], 'failed'],
	['a pass that was on its way', [started('a/b'), interrupted, finished('a/b', 'passed')], 'passed'],
	['a failure in an earlier attempt', [finished('a/b', 'failed'), started('a/b'), interrupted], 'failed'],
	['an earlier attempt that was broken', [finished('a/b', 'broken'), started('a/b'), interrupted], 'broken'],
] as const) {
	test(`a signal takes nothing back: ${what}`, t => {
		const folded = run(start, planned('a/b'), ...bodies, over);
		t.is(checkOf(folded, 'a/b').outcome, outcome);
		t.is(exitCode(folded), 130);
	});
}

test('the closing line of an interrupted run', t => {
	const ids = Array.from({length: 5}, (_, n) => `a/${n}`);
	const folded = run(start, planned(...ids), finished('a/0', 'passed'), finished('a/1', 'failed'), started('a/2'), interrupted, over);
	t.is(closingLine(folded), '1 passed, 1 failed, 3 skipped');
});

test('the reasons carry what is known', t => {
	const crashed = checkOf(
		run(start, planned('a/b'), started('a/b'), {type: 'check-step', target: T, check: 'a/b', text: 'dialling'}, exited, over),
		'a/b',
	);
	t.regex(crashed.problem!.observed, /^the runner ended with signal SIGSEGV\nits last step: dialling\n(noise\n){19}the last words$/);
	t.deepEqual(crashed.steps, [{text: 'dialling', atMs: 10}]);
	t.deepEqual(checkOf(run(start, planned('a/b'), failed, over), 'a/b').problem?.layer, {name: 'api', detail: 'etcd'});
	t.is(exitCode(run(start, planned(), failed, over)), 2);
});

test('of several attempts the worst counts; one that a resumed run repeats does not', t => {
	const plan = planned('a/b');
	t.is(
		checkOf(run(start, plan, started('a/b'), finished('a/b', 'failed'), started('a/b'), finished('a/b', 'passed'), over), 'a/b')
			.outcome,
		'failed',
	);
	for (const end of [[], [saidBroken]]) {
		const resumed = run(start, plan, started('a/b'), interrupted, ...end, start, plan, started('a/b'), finished('a/b', 'passed'), over);
		t.is(checkOf(resumed, 'a/b').outcome, 'passed');
		t.is(exitCode(resumed), 0);
	}
});

test('the line before the last names suites and targets as a whole where it can', t => {
	t.is(
		namingLine(run(start, planned('a/1', 'a/2', 'a/3', 'b/1'), finished('b/1', 'passed'), exited, over)),
		'broken (counted as failed): a/* (3)',
	);
	t.is(namingLine(run(start, planned('a/1', 'a/2', 'b/1'), exited, over)), 'broken (counted as failed): all 3');
	t.is(namingLine(run(start, planned('a/1'), finished('a/1', 'passed'), over)), undefined);
	t.is(exitCode(run(start, planned('a/1'), finished('a/1', 'known'), over)), 0);
});

test('an empty record is a run that was killed at once', t => {
	const folded = fold([]);
	t.is(folded.status, 'interrupted');
	t.is(closingLine(folded), '0 passed, 0 failed, 0 skipped');
});

test('damage in the middle names its line', t => {
	const lines = sampleText().split('\n');
	t.throws(() => parseEvents([...lines.slice(0, 2), '{"at":1,"ty', ...lines.slice(2)].join('\n')), {
		message: 'line 3 of the events is damaged: "{\\"at\\":1,\\"ty"',
	});
	t.throws(() => parseEvents('{"type":"run-finished"}\n'), {message: /^line 1 /});
	t.is(parseEvents(`${lines[0]}\n\n${lines[1]}\n{"at`).length, 2);
});
