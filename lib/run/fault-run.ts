import type {CheckContext, OpenTestbed} from '../check/check-context.ts';
import {acquireLocks} from '../check/locks.ts';
import {matcher} from '../check/match.ts';
import {toolsOf, type Tools} from '../check/change/carry-out.ts';
import {FaultError, type Fault} from '../faults/fault.ts';
import {pendingUndos} from '../check/change/undo.ts';
import {targetKey, type ClusterRef} from '../target.ts';
import type {FoundCheck} from './checks.ts';
import {planFaults} from './fault-plan.ts';
import type {PlanInput} from './plan.ts';
import {runTrial} from './fault-trial.ts';
import type {Job} from './job.ts';
import {serveLocks} from './locks.ts';
import type {RunPlan} from './run-plan.ts';

/** What a fault run needs of a cluster; a test puts others in their place. */
export type FaultWork = {
	tools(cluster: ClusterRef): Promise<Tools>;
	testbeds(plan: RunPlan, tools: Tools): OpenTestbed;
};

export type FaultOptions = {readonly match: readonly string[]; readonly only: readonly string[]};

/** Plain runs of checks are mostly waiting, but each sends hundreds of connections, and one that a busy machine loses would be taken for the fault's trace. */
const SEATS = 2;

/**
 * Runs checks with their faults, one at a time, as a fault of one may reach the others; then, with all faults out, the checks as they are,
 * side by side. Each check must go red with each of its faults and be green afterwards.
 */
export const faultsJob = (checks: readonly FoundCheck[], faults: readonly Fault[], {match, only}: FaultOptions, work: FaultWork): Job => {
	const trialsOf = (input: Pick<PlanInput, 'mode' | 'family' | 'version' | 'capabilities'>) => planFaults(checks, faults, {...input, matches: matcher(match), only});
	return {
		plan: ({mode, family, version}, capabilities) => trialsOf({mode, family, version, capabilities}).map(({planned}) => planned),
		async run({id, dir, emit, signal}, cluster, mode, plan) {
			const target = targetKey(cluster.target);
			const tools = await work.tools(cluster);
			const context: CheckContext = {target, runDir: dir.path, emit, signal, open: work.testbeds({runId: id, target, cluster, mode, checks: plan, repeat: 1}, tools)};
			const chosen = new Set(plan.filter(({skip}) => !skip).map(planned => planned.id));
			const trials = trialsOf({...cluster.target, mode, capabilities: EVERYTHING}).filter(({planned}) => chosen.has(planned.id));
			for (const trial of trials.filter(({fault}) => fault)) {
				signal.throwIfAborted();
				await runTrial(trial, context, cluster.dir, tools);
				// What comes after a fault that is still in would prove nothing.
				const [left] = await pendingUndos(cluster.dir);
				if (left) throw new FaultError(`${left.name} is still in: \`vipcheck faults --undo ${cluster.id}\` tries again`);
			}
			signal.throwIfAborted();
			const locks = await serveLocks(SEATS);
			try {
				const sideBySide: CheckContext = {...context, acquire: async (exclusive, waiting) => acquireLocks(locks.path, exclusive, waiting)};
				await Promise.all(trials.filter(({fault}) => !fault).map(async trial => runTrial(trial, sideBySide, cluster.dir, tools)));
			} finally {
				await locks.close();
			}
		},
	};
};

/** The plan has decided already. */
const EVERYTHING = {'node-access': {ok: true, how: ''}, 'outside-host': {ok: true, how: ''}} as const;

/** That of real clusters. */
export const faultWork = async (): Promise<FaultWork> => {
	const {testbedMaker} = await import('../check/make-testbed.ts');
	return {tools: toolsOf, testbeds: (plan, {kube}) => testbedMaker(plan, kube)};
};
