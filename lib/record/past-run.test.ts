import test from 'ava';
import {NOTHING_SEEN} from './fold-check.ts';
import {pastRunOf, trendOf, type PastRun} from './past-run.ts';
import type {CheckRun, Run, TargetRun} from './run.ts';

const check = (outcome: CheckRun['outcome'], ms: number): CheckRun => ({
	...NOTHING_SEEN,
	id: 'a/b',
	suite: 'a',
	title: '',
	refs: [],
	budgetMs: 0,
	outcome,
	ms,
});
const target = (version: string, ...checks: readonly CheckRun[]): TargetRun => ({
	key: `embedded/ipvs/ipv4/${version}`,
	spec: {provider: 'embedded', mode: 'ipvs', family: 'ipv4', version, workers: 3},
	reason: '',
	steps: [],
	checks,
});
const past = (outcome: CheckRun['outcome'], ms: number, version = '1.36.3'): PastRun =>
	pastRunOf({id: 'x', startedAt: 1, vipcheck: '0.1.0', targets: [target(version, check(outcome, ms))]} as unknown as Run);

test('a line is small, and leaves out what was skipped', t => {
	t.deepEqual(past('passed', 1_200).targets, [
		{key: 'embedded/ipvs/ipv4/1.36.3', kind: 'embedded/ipvs/ipv4', checks: {'a/b': ['passed', 1_200]}},
	]);
	t.deepEqual(past('skipped', 0).targets[0]!.checks, {});
});

for (const [what, before, now, expected] of [
	['always green', [past('passed', 1_000), past('passed', 1_100)], check('passed', 1_050), {isFlaky: false, isSlower: false}],
	['sometimes red', [past('passed', 1_000), past('failed', 1_100)], check('passed', 1_050), {isFlaky: true}],
	['always red', [past('failed', 1_000), past('broken', 1_100)], check('failed', 1_050), {isFlaky: false, medianMs: undefined}],
	['slower than ever', [past('passed', 1_000), past('passed', 3_000), past('passed', 1_200)], check('passed', 9_000), {isSlower: true}],
	['slow, but little', [past('passed', 100)], check('passed', 900), {isSlower: false}],
	['another version', [past('failed', 100, '1.35.4')], check('passed', 900), {isFlaky: true}],
] as const)
	test(`trend: ${what}`, t => t.like(trendOf(before, target('1.36.3', now), now), expected));

test('what no earlier run has has no trend', t => {
	const other = {...check('passed', 1), id: 'c/d'};
	t.is(trendOf([past('passed', 1)], target('1.36.3', other), other), undefined);
});
