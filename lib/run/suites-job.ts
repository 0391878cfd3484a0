import {availableParallelism} from 'node:os';
import {matcher} from '../check/match.ts';
import {RUNNER_SILENCE_MARGIN_MS} from '../limits.ts';
import {targetKey} from '../target.ts';
import {suiteFileOf} from './checks.ts';
import type {FoundCheck} from './checks.ts';
import type {Job} from './job.ts';
import {serveLocks} from './locks.ts';
import type {TestOptions} from './options.ts';
import {planChecks, toRun} from './plan.ts';
import {writeRunPlan} from './run-plan.ts';
import type {RunnerEnd, RunnerInput} from './runner.ts';

/** A suite's process takes a second of processor time to start: all do so at once, and then wait for their seats. */
const PROCESSES = 8;

/** Runs the checks in the processes of the test runner, side by side as far as their locks allow. */
export const suitesJob = (checks: readonly FoundCheck[], {match, repeat}: Pick<TestOptions, 'match' | 'repeat'>, runSuites: (input: RunnerInput) => Promise<RunnerEnd>): Job => ({
	plan: ({mode, family, version}, capabilities) => planChecks(checks, {mode, family, version, capabilities, matches: matcher(match)}),
	async run({id, dir, emit, signal, silentMs}, cluster, mode, plan) {
		const chosen = toRun(plan);
		// Most of a check is waiting: for pods, for rules, for a lost packet's timeout.
		const seats = Math.min(8, availableParallelism() + 1);
		const key = targetKey(cluster.target);
		await writeRunPlan(dir.path, {runId: id, target: key, cluster, mode, checks: plan, repeat});
		const locks = await serveLocks(seats);
		try {
			const end = await runSuites({
				runDir: dir.path, files: [...new Set(chosen.map(check => suiteFileOf(check.id)))], locks: locks.path, concurrency: PROCESSES, signal, silentMs,
				silenceLimitMs: Math.max(...chosen.map(({budgetMs}) => budgetMs)) + RUNNER_SILENCE_MARGIN_MS,
			});
			if (!signal.aborted) emit({type: 'runner-exited', target: key, ...end});
		} finally {
			await locks.close();
		}
	},
});
