import test from 'ava';
import {fold} from '../../lib/record/fold.ts';
import type {CheckRun, Run} from '../../lib/record/run.ts';
import {sampleEvents} from '../fixtures/sample-run.ts';
import {compareRuns} from './compared.ts';
import {comparedText} from './text.ts';

const run = fold(sampleEvents());
/** The run with one check of its first target as it is given. */
const withCheck = (id: string, more: Partial<CheckRun>): Run => ({
	...run,
	targets: run.targets.map((target, n) =>
		n === 0 ? {...target, checks: target.checks.map(check => (check.id === id ? {...check, ...more} : check))} : target,
	),
});
const problem = {summary: 'nobody answers', expected: '', observed: '', reproduce: []};

test('a run is the same as itself', t => {
	for (const {changes, slower, onlyBefore, onlyAfter} of compareRuns(run, run))
		t.deepEqual({changes, slower, onlyBefore, onlyAfter}, {changes: [], slower: [], onlyBefore: [], onlyAfter: []});
});

for (const [what, before, after, kind] of [
	['a check that fails now', {outcome: 'passed'}, {outcome: 'failed', problem}, 'worse'],
	['a check that passes now', {outcome: 'failed', problem}, {outcome: 'passed'}, 'better'],
	['a check that could not be observed', {outcome: 'passed'}, {outcome: 'broken', problem}, 'unseen'],
	['a check that could not be observed before, and fails', {outcome: 'broken', problem}, {outcome: 'failed', problem}, 'worse'],
	[
		'a check that does not apply any more',
		{outcome: 'passed'},
		{outcome: 'skipped', skip: {kind: 'not-applicable', detail: 'ipvs has none'}},
		'by design',
	],
	[
		'a check that the run was ended before',
		{outcome: 'passed'},
		{outcome: 'skipped', skip: {kind: 'not-run', detail: 'the run was interrupted'}},
		'unseen',
	],
	[
		'a check that the run was ended in',
		{outcome: 'skipped', skip: {kind: 'stopped', detail: 'the run was ended by SIGINT'}},
		{outcome: 'failed', problem},
		'unseen',
	],
	[
		'a known defect that is there now',
		{outcome: 'passed'},
		{outcome: 'known', problem, defect: {id: 'd', issue: 'kubernetes/kubernetes#1', what: 'it stays'}},
		'by design',
	],
] as const)
	test(what, t => {
		const id = 'clusterip/reach';
		const [{changes} = {changes: []}] = compareRuns(withCheck(id, before), withCheck(id, after));
		t.is(changes.length, 1);
		t.like(changes[0], {check: id, kind});
	});

test('what the command line left out is only in the other run', t => {
	const id = 'clusterip/reach';
	const filtered = withCheck(id, {outcome: 'skipped', skip: {kind: 'filtered', detail: '--match'}});
	t.like(compareRuns(filtered, run)[0], {changes: [], onlyAfter: [id], onlyBefore: []});
	t.like(compareRuns(run, filtered)[0], {changes: [], onlyAfter: [], onlyBefore: [id]});
});

test('what takes twice as long is told, noise is not', t => {
	const slower = (before: number, after: number) =>
		compareRuns(withCheck('clusterip/reach', {ms: before}), withCheck('clusterip/reach', {ms: after}))[0]!.slower;
	t.deepEqual(slower(4_000, 9_000), [{check: 'clusterip/reach', what: 'the check itself', beforeMs: 4_000, afterMs: 9_000}]);
	t.deepEqual(slower(100, 900), []);
	t.deepEqual(slower(9_000, 12_000), []);
	const figure = (value: number) => ({numbers: [{name: 'time to repair', unit: 'ms', value}]});
	t.deepEqual(
		compareRuns(withCheck('clusterip/reach', figure(1_000)), withCheck('clusterip/reach', figure(4_000)))[0]!.slower.map(
			({what}) => what,
		),
		['time to repair'],
	);
});

test('one mode is held against another where each run has one', t => {
	const [iptables, ipvs] = run.targets;
	const [compared] = compareRuns({...run, targets: [iptables!]}, {...run, targets: [ipvs!]});
	t.like(compared, {before: iptables!.key, after: ipvs!.key});
	t.true(compared!.changes.some(({check, kind}) => check === 'nodeport/every-node' && kind === 'worse'));
	t.true(compared!.changes.some(({check, kind}) => check === 'nodeport/localhost' && kind === 'by design'));
});

test('the text says the worst first and what is by design with its reason, the sum last', t => {
	const [iptables, ipvs] = run.targets;
	const lines = comparedText(compareRuns({...run, targets: [iptables!]}, {...run, targets: [ipvs!]})).split('\n');
	t.is(lines[0], 'embedded/iptables/ipv4/1.36.3 → embedded/ipvs/dual/1.36.3');
	t.is(lines[1], '✗ worse');
	t.true(lines.includes('  nodeport/every-node  passed → failed'));
	t.true(lines.includes('    worker-2 refuses connections to the NodePort'));
	t.true(lines.some(line => line.includes('ipvs never serves NodePorts on 127.0.0.1')));
	t.regex(lines.at(-1)!, /^1 worse, 0 better, 0 slower, 2 different by design, 1 not comparable, \d+ the same$/);
});
