import type {Attempt, CheckRecord, RunRecord, TargetRecord} from './collect.ts';
import type {CheckRun} from './run.ts';
import {cutOf, problemOfUnfinished, wasCutShort} from './unfinished.ts';

/** Judges one check by its attempts; one without a result is broken, with the reason, or skipped where the run was cut short. */
export const foldCheck = (run: RunRecord, target: TargetRecord, {planned, attempts}: CheckRecord): CheckRun => {
	const isCutShort = wasCutShort(run, target);
	const attempt = decisive(attempts, isCutShort ? 'stopped' : 'broken');
	const {skip, ...plain} = planned;
	const suite = planned.id.split('/')[0] ?? planned.id;
	if (!attempt && skip) return {...plain, skip, suite, outcome: 'skipped', ms: 0, ...NOTHING_SEEN};
	const {startedAt, scene, result, stopped, ...told} = attempt ?? {};
	const seen = {...plain, suite, ...(startedAt !== undefined && {startedAt}), ...NOTHING_SEEN, ...told, ...(scene && {scene})};
	if (result) return {...seen, ...result};
	const ms = stopped?.ms ?? (startedAt === undefined ? 0 : run.endedAt - startedAt);
	return isCutShort
		? {...seen, outcome: 'skipped', ms, skip: cutOf(run, attempt)}
		: {...seen, outcome: 'broken', ms, problem: problemOfUnfinished(target, attempt)};
};

/** Of a check that has not begun. */
export const NOTHING_SEEN = {steps: [], numbers: [], grids: [], charts: [], evidence: []} as const;

/** What was stopped hides no red; and no pass before it says that it would have passed again. */
const SEVERITY = {passed: 0, known: 1, stopped: 2, broken: 3, failed: 4};

/** The worst attempt speaks for the check (no pass hides a red); of attempts without a result only the last counts. */
const decisive = (attempts: readonly Attempt[], without: 'stopped' | 'broken'): Attempt | undefined => {
	const severity = ({result}: Attempt): number => SEVERITY[result?.outcome ?? without];
	return attempts
		.filter((attempt, index) => attempt.result ?? index === attempts.length - 1)
		.reduce<Attempt | undefined>((worst, attempt) => (worst && severity(worst) > severity(attempt) ? worst : attempt), undefined);
};
