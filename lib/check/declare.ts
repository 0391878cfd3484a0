import {basename, dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';
import test from 'ava';
import {connect} from '../kube.ts';
import {openEvents} from '../run/append.ts';
import {readRunPlan} from '../run/run-plan.ts';
import {pathOf} from './check-id.ts';
import type {CheckContext} from './check-context.ts';
import type {Check} from './check.ts';
import {acquireLocks, watchParent} from './locks.ts';
import {testbedMaker} from './make-testbed.ts';
import {runCheck} from './run-check.ts';

const setting = (name: string): string => {
	const value = process.env[name];
	if (!value) throw new Error(`${name} is not set: the suites are run by \`vipcheck test\``);
	return value;
};

/**
 * Declares the planned checks of a suite's folder to AVA; `url` is import.meta.url of its suite.test.ts.
 * AVA only schedules: events, outcomes and reports come from runCheck.
 */
export const declareSuite = async (url: string): Promise<void> => {
	const folder = dirname(fileURLToPath(url));
	const runDir = setting('VIPCHECK_RUN');
	const locks = setting('VIPCHECK_LOCKS');
	const plan = await readRunPlan(runDir);
	// No check outlives the run that owns the cluster.
	watchParent(locks, () => process.exit(1));
	const context: CheckContext = {
		target: plan.target, runDir, emit: openEvents(runDir), signal: new AbortController().signal,
		open: testbedMaker(plan, await connect(plan.cluster.kubeconfig)),
		acquire: async (exclusive, signal) => acquireLocks(locks, exclusive, signal),
	};
	for (const {id} of plan.checks.filter(planned => !planned.skip && dirname(planned.id) === basename(folder))) {
		const {default: check} = await import(join(folder, `${basename(pathOf(id))}.ts`)) as {default: Check};
		test(id, async t => {
			const bad: string[] = [];
			// One after the other: the rounds share the check's id, and the events of two at once could not be told apart.
			for (let round = 1; round <= plan.repeat; round++) {
				const {outcome, problem} = await runCheck(check, id, context);
				if (outcome !== 'passed' && outcome !== 'known') bad.push(`round ${round} of ${plan.repeat}: ${outcome}: ${problem?.summary ?? ''}`);
			}
			t.deepEqual(bad, []);
		});
	}
};
