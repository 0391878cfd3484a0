import type {Attempt, CheckRecord, RunRecord, TargetRecord} from './collect.ts';
import type {CheckRun} from './events.ts';
import {problemOfUnfinished} from './unfinished.ts';

/** Judges one check by its attempts; one without a result is broken, with the reason. */
export const foldCheck = (run: RunRecord, target: TargetRecord, {planned, attempts}: CheckRecord): CheckRun => {
	const attempt = decisive(attempts);
	const {skip, ...plain} = planned;
	const suite = planned.id.split('/')[0] ?? planned.id;
	if (!attempt && skip) return {...plain, skip, suite, outcome: 'skipped', ms: 0, steps: [], numbers: [], grids: [], evidence: []};
	const {startedAt, steps = [], numbers = [], grids = [], evidence = [], result} = attempt ?? {};
	const seen = {...plain, suite, ...(startedAt !== undefined && {startedAt}), steps, numbers, grids, evidence};
	if (result) return {...seen, outcome: result.outcome, ms: result.ms, ...(result.problem && {problem: result.problem})};
	return {...seen, outcome: 'broken', ms: startedAt === undefined ? 0 : run.endedAt - startedAt, problem: problemOfUnfinished(run, target, attempt)};
};

const SEVERITY = {passed: 0, known: 1, broken: 2, failed: 3};

/** The worst attempt speaks for the check (no pass hides a red); of attempts without a result only the last counts. */
const decisive = (attempts: readonly Attempt[]): Attempt | undefined => attempts
	.filter((attempt, index) => attempt.result ?? index === attempts.length - 1)
	.reduce<Attempt | undefined>((worst, attempt) => worst && severity(worst) > severity(attempt) ? worst : attempt, undefined);

const severity = (attempt: Attempt): number => SEVERITY[attempt.result?.outcome ?? 'broken'];
