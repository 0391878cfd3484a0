import test from 'ava';
import type {EventBody, PlannedCheck} from '../../lib/record/events.ts';
import type {Said} from '../../lib/record/said.ts';
import {fold} from '../../lib/record/fold.ts';
import {sampleEvents} from '../fixtures/sample-run.ts';
import killsReport from '../kills-text.ts';
import {killsOf, killsText} from './kills.ts';

const TARGET = 'embedded/iptables/ipv4/1.36.3';

const trial = (check: string, fault: string, more: Partial<PlannedCheck> = {}): PlannedCheck => ({
	id: `${check}+${fault}`,
	title: `${check} goes red`,
	refs: [],
	budgetMs: 1,
	fault: {id: fault, layer: 'rules', check},
	...more,
});

const finished = (check: string, outcome: 'passed' | 'failed' | 'broken', said: Said, summary = ''): EventBody => ({
	type: 'check-finished',
	target: TARGET,
	check,
	outcome,
	ms: 1,
	said,
	...(outcome !== 'passed' && {problem: {summary, expected: '', observed: '', reproduce: []}}),
});

const run = (checks: readonly PlannedCheck[], events: readonly EventBody[]) =>
	fold(
		(
			[
				{
					type: 'target-planned',
					target: TARGET,
					spec: {provider: 'embedded', mode: 'iptables', family: 'ipv4', version: '1.36.3', workers: 2},
					reason: '',
					checks,
				},
				...events,
				{type: 'run-finished'},
			] satisfies EventBody[]
		).map((event, at) => ({at, ...event})),
	);

const faultRun = run(
	[
		trial('a/one', 'dispatch'),
		trial('a/two', 'dispatch'),
		trial('a/three', 'dispatch'),
		trial('a/one', 'refusal'),
		trial('a/two', 'refusal', {skip: {kind: 'not-applicable', detail: 'not in iptables'}}),
		trial('a/four', 'refusal', {fault: {id: 'refusal', layer: 'rules', check: 'a/four', other: true}}),
		trial('a/five', 'refusal', {fault: {id: 'refusal', layer: 'rules', check: 'a/five', other: true}}),
		{id: 'a/one', title: '', refs: [], budgetMs: 1},
	],
	[
		finished('a/one+dispatch', 'passed', {outcome: 'failed', layer: 'rules'}),
		finished('a/two+dispatch', 'failed', {outcome: 'failed', layer: 'dns'}, 'names the layer dns instead of rules'),
		finished('a/three+dispatch', 'failed', {outcome: 'passed'}, 'stays green with dispatch'),
		finished('a/one+refusal', 'broken', {outcome: 'broken'}, 'refusal could not be put in'),
		finished('a/four+refusal', 'passed', {outcome: 'failed', layer: 'rules'}),
		finished('a/five+refusal', 'passed', {outcome: 'passed'}),
		{type: 'check-finished', target: TARGET, check: 'a/one', outcome: 'failed', ms: 1},
	],
);

test('each pair of fault and check, the layer, and what is red without a fault', t => {
	t.is(
		killsText(killsOf(faultRun)[0]!),
		[
			`${TARGET}: 2 of 4 pairs of fault and check killed (50 %), the layer right in 1 (50 %)`,
			'  dispatch (rules)',
			'    a/one    killed',
			'    a/two    killed, layer dns instead of rules',
			'    a/three  survived: stays green with dispatch',
			'  refusal (rules)',
			'    a/one    unseen: refusal could not be put in',
			'    a/four   also red',
			'  1 pairs left out',
			'  red with all faults out, too: a/one',
		].join('\n'),
	);
});

test('a run without faults has no such report', t => {
	t.is(killsReport.render(fold(sampleEvents())), undefined);
	t.deepEqual(killsOf(fold(sampleEvents())), []);
});

test('a pair that the run was ended before was not observed', t => {
	const cut = fold(
		(
			[
				{
					type: 'target-planned',
					target: TARGET,
					spec: {provider: 'embedded', mode: 'iptables', family: 'ipv4', version: '1.36.3', workers: 2},
					reason: '',
					checks: [trial('a/one', 'dispatch')],
				},
				{type: 'interrupted', signal: 'SIGINT'},
			] satisfies EventBody[]
		).map((event, at) => ({at, ...event})),
	);
	t.like(killsOf(cut)[0], {tried: 1, killed: 0, kills: [{state: 'unseen', why: 'the run was interrupted'}]});
});
