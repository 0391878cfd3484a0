import test from 'ava';
import type {Problem} from '../record/events.ts';
import {withDefects, withMachine, worstOf, type Judged} from './verdict.ts';

const problem: Problem = {summary: 'an entry stays', expected: 'none', observed: 'one', reproduce: []};
const defect = {id: 'x', issue: 'https://example.org/1', what: 'entries stay'};
const known = (id: string) => (id === 'udp/zero' ? defect : undefined);

for (const [name, id, judged, expected] of [
	[
		'a red that it explains is known, and keeps what was seen',
		'udp/zero',
		{outcome: 'failed', problem},
		{outcome: 'known', problem, defect},
	],
	['a pass in spite of it tells that the list is out of date', 'udp/zero', {outcome: 'passed'}, {outcome: 'passed', defect}],
	['it does not explain that we could not look', 'udp/zero', {outcome: 'broken', problem}, {outcome: 'broken', problem}],
	['a red of another check stays one', 'udp/echo', {outcome: 'failed', problem}, {outcome: 'failed', problem}],
] as const)
	test(`known defects: ${name}`, t => {
		t.deepEqual(withDefects(new Map<string, Judged>([[id, judged]]), known).get(id), expected);
	});

test('the worst of several results', t => {
	const results = (...outcomes: Judged['outcome'][]) => new Map(outcomes.map((outcome, index) => [String(index), {outcome}] as const));
	t.is(worstOf(results('passed', 'failed', 'broken')).outcome, 'failed');
	t.is(worstOf(results('known', 'broken')).outcome, 'broken');
	t.is(worstOf(results('passed', 'known')).outcome, 'known');
	t.is(worstOf(results()).outcome, 'passed');
});

test('what the machine of the run has to do with it stands beside every red', t => {
	const results = new Map<string, Judged>([
		['a', {outcome: 'passed'}],
		['b', {outcome: 'failed', problem}],
	]);
	t.deepEqual(
		[...withMachine(results, 'it stood still')],
		[
			['a', {outcome: 'passed'}],
			['b', {outcome: 'failed', problem: {...problem, machine: 'it stood still'}}],
		],
	);
	t.is(withMachine(results, undefined), results);
});
