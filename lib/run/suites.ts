import {availableParallelism} from 'node:os';
import {matcher, namesChecks} from '../check/match.ts';
import {MOST_STRETCH, RUNNER_SILENCE_MARGIN_MS} from '../limits.ts';
import type {Options} from '../options/options.ts';
import {writeRunPlan} from '../record/run-plan.ts';
import {suiteFileOf} from './checks.ts';
import type {FoundCheck} from './checks.ts';
import {planChecks, toRun} from './plan.ts';
import type {Earlier} from './resume.ts';
import type {Job} from './session.ts';
import type {World} from './world.ts';

/**
 * A suite's process takes a second of processor time to start: all do so at once, and then wait for their seats. Shared by the targets that
 * run side by side.
 */
const PROCESSES = 8;

/** Runs the checks in the processes of the test runner, side by side as far as their locks allow. */
export const suitesJob = (
	checks: readonly FoundCheck[],
	{match, repeat}: Pick<Options, 'match' | 'repeat'>,
	{runSuites}: Pick<World, 'runSuites'>,
	earlier?: Pick<Earlier, 'hasResult'>,
): Job => ({
	// Most of a check is waiting: for pods, for rules, for a lost packet's timeout.
	seats: Math.min(8, availableParallelism() + 1),
	plan: (target, capabilities) =>
		planChecks(checks, {...target, capabilities, matches: matcher(match), named: namesChecks(match)}).map(planned =>
			!planned.skip && earlier?.hasResult(target.mode, planned.id, repeat)
				? {...planned, skip: {kind: 'filtered', detail: 'has its result from before'}}
				: planned,
		),
	async run({dir, emit, signal, locks, atOnce, silentMs}, plan) {
		const {target} = plan;
		const chosen = toRun(plan.checks);
		await writeRunPlan(dir.path, {...plan, repeat});
		const end = await runSuites({
			runDir: dir.path,
			target,
			files: [...new Set(chosen.map(check => suiteFileOf(check.id)))],
			locks,
			concurrency: Math.ceil(PROCESSES / atOnce),
			signal,
			silentMs: () => silentMs(target),
			silenceLimitMs: Math.max(...chosen.map(({budgetMs}) => budgetMs)) * MOST_STRETCH + RUNNER_SILENCE_MARGIN_MS,
		});
		if (!signal.aborted) emit({type: 'runner-exited', target, ...end});
	},
});
