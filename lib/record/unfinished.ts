import type {Attempt, RunRecord, TargetRecord} from './collect.ts';
import type {Cut, Problem} from './events.ts';
import type {CheckRun} from './run.ts';

/** Lines of the runner's output that are quoted: enough for a stack trace. */
const TAIL_LINES = 20;

/** Whether a check of this target has no result for no other reason than that the run was interrupted or killed. */
export const wasCutShort = (run: RunRecord, {end}: TargetRecord): boolean =>
	end === undefined && !(run.finished && run.interrupted === undefined);

/** Of a check: it was to run, and the end of the run kept it from a result. */
export const isCut = ({skip}: Pick<CheckRun, 'skip'>): boolean => skip?.kind === 'not-run' || skip?.kind === 'stopped';

/** Says how far a check came before the run was interrupted or killed. */
export const cutOf = (run: RunRecord, attempt: Attempt | undefined): Cut => {
	if (!attempt) return {kind: 'not-run', detail: run.interrupted === undefined ? 'the run was killed' : 'the run was interrupted'};
	const ended =
		run.interrupted === undefined ? 'the record of the run ends here: it was killed' : `the run was ended by ${run.interrupted}`;
	return {kind: 'stopped', detail: [ended, lastStep(attempt), attempt.stopped?.why ?? ''].filter(Boolean).join('; ')};
};

/** Says why a planned or started check has no result, where that is not the end of the run. */
export const problemOfUnfinished = (target: TargetRecord, attempt: Attempt | undefined): Problem => {
	if (target.end?.how === 'failed' && target.problem) return lostCluster(target, target.problem, attempt);
	if (target.end?.how === 'runner') {
		const {exitCode, signal, output} = target.end;
		const tail = output.trimEnd().split('\n').slice(-TAIL_LINES).join('\n');
		return {
			summary: attempt ? 'the runner ended before this check did' : 'not run: the runner ended before this check began',
			expected: 'a result of this check',
			observed: [
				`the runner ended with ${signal === undefined ? `exit code ${exitCode ?? 'unknown'}` : `signal ${signal}`}`,
				lastStep(attempt),
				tail || 'it printed nothing',
			]
				.filter(Boolean)
				.join('\n'),
			reproduce: [],
		};
	}
	return {
		summary: attempt ? 'no result: the run went on without it' : 'not run: the run went on without it',
		expected: 'a result of this check',
		observed: ['the run finished and the check has no result', lastStep(attempt)].filter(Boolean).join('\n'),
		reproduce: [],
	};
};

const lostCluster = (target: TargetRecord, problem: Problem, attempt: Attempt | undefined): Problem => {
	const what = target.facts ? 'the cluster was lost' : 'the cluster could not be created';
	return {...problem, summary: `${attempt ? 'ended while running' : 'not run'}: ${what}: ${problem.summary}`};
};

const lastStep = (attempt: Attempt | undefined): string => {
	const last = attempt?.steps.at(-1);
	return last ? `its last step: ${last.text}` : '';
};
