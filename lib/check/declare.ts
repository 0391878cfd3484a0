import {basename, dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';
import test from 'ava';
import {connect} from '../kube.ts';
import {openEvents} from '../record/append.ts';
import {readRunPlan} from '../record/run-plan.ts';
import {pathOf, runOf} from '../check-id.ts';
import type {CheckContext} from './check-context.ts';
import type {Check} from './check.ts';
import {knownDefect} from './known.ts';
import {acquireLocks, watchParent} from './locks.ts';
import {openShells} from '../shell/shells.ts';
import {testbedMaker} from '../testbed/make-testbed.ts';
import {runCheck} from './run-check.ts';
import {watchMachine} from '../wait/machine.ts';

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
	const plan = await readRunPlan(runDir, setting('VIPCHECK_TARGET'));
	// No check outlives the run that owns the cluster.
	watchParent(locks, () => process.exit(1));
	const shells = await openShells(plan.cluster);
	const testbeds = testbedMaker(plan, await connect(plan.cluster.kubeconfig), shells);
	test.after.always('the probers and the connections to the nodes end', async () => {
		await testbeds.close();
		await shells.close();
	});
	const context: CheckContext = {
		target: plan.target,
		...(plan.cluster.target.nodeKernel && {nodeKernel: plan.cluster.target.nodeKernel}),
		runDir,
		emit: openEvents(runDir),
		signal: new AbortController().signal,
		open: testbeds.open,
		known: (id, problem) => knownDefect({mode: plan.mode, version: plan.cluster.target.version}, id, problem),
		watch: watchMachine,
		acquire: async (wanted, signal) => acquireLocks(locks, plan.target, wanted, signal),
	};
	const planned = plan.checks.filter(({id, skip}) => !skip && dirname(pathOf(id)) === basename(folder));
	// The rows of one check come from one run of its body.
	for (const [id, rows] of Map.groupBy(planned, one => runOf(one.id))) {
		const {default: check} = (await import(join(folder, `${basename(pathOf(id))}.ts`))) as {default: Check};
		const ids = rows.map(row => row.id);
		test(id, async t => {
			const bad: string[] = [];
			// One after the other: the rounds share the check's id, and the events of two at once could not be told apart.
			for (let round = 1; round <= plan.repeat; round++) {
				const {outcome, problem} = await runCheck(check, ids, context);
				if (outcome !== 'passed' && outcome !== 'known')
					bad.push(`round ${round} of ${plan.repeat}: ${outcome}: ${problem?.summary ?? ''}`);
			}
			t.deepEqual(bad, []);
		});
	}
};
