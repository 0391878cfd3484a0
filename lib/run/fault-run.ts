import type {CheckContext} from '../check/check-context.ts';
import {runOf} from '../check-id.ts';
import {acquireLocks} from '../check/locks.ts';
import {knownDefect} from '../check/known.ts';
import {matcher, namesChecks} from '../check/match.ts';
import {ALL_CAPABILITIES} from '../check/needs.ts';
import {runCheck} from '../check/run-check.ts';
import {FaultError, type Fault} from '../faults/tools/fault.ts';
import {pendingUndos} from '../change/undo.ts';
import type {FoundCheck} from './checks.ts';
import {planFaults, type FaultPlanInput, type FaultTrial} from './fault-plan.ts';
import type {PlanInput} from './plan.ts';
import {runTrial} from './fault-trial.ts';
import type {Job} from './session.ts';
import type {World} from './world.ts';

export type FaultOptions = Pick<FaultPlanInput, 'only' | 'others'> & {readonly match: readonly string[]};

/**
 * Plain runs of checks are mostly waiting, but each sends hundreds of connections, and one that a busy machine loses would be taken for the
 * fault's trace.
 */
const SEATS = 2;

/**
 * Runs checks with their faults, one at a time, as a fault of one may reach the others; then, with all faults out, the checks as they are,
 * side by side. Each check must go red with each of its faults and be green afterwards.
 */
export const faultsJob = (
	checks: readonly FoundCheck[],
	faults: readonly Fault[],
	{match, ...which}: FaultOptions,
	world: Pick<World, 'tools' | 'testbeds'>,
): Job => {
	const trialsOf = (input: Pick<PlanInput, 'mode' | 'family' | 'version' | 'capabilities'>) =>
		planFaults(checks, faults, {...input, matches: matcher(match), named: namesChecks(match), ...which});
	return {
		seats: SEATS,
		plan: (target, capabilities) => trialsOf({...target, capabilities}).map(({planned}) => planned),
		async run({dir, emit, signal, locks}, plan) {
			const {target, cluster, mode} = plan;
			const tools = await world.tools(cluster);
			const testbeds = world.testbeds(plan, tools);
			const context: CheckContext = {
				target,
				...(cluster.target.nodeKernel && {nodeKernel: cluster.target.nodeKernel}),
				runDir: dir.path,
				emit,
				signal,
				open: testbeds.open,
			};
			const chosen = new Set(plan.checks.filter(({skip}) => !skip).map(planned => planned.id));
			// The plan has decided already what runs.
			const trials = trialsOf({...cluster.target, mode, capabilities: ALL_CAPABILITIES}).filter(({planned}) =>
				chosen.has(planned.id),
			);
			try {
				for (const {fault, ...trial} of trials) {
					if (!fault) continue;
					signal.throwIfAborted();
					await runTrial({...trial, fault}, context, cluster.dir, tools);
					// What comes after a fault that is still in would prove nothing.
					const [left] = await pendingUndos(cluster.dir);
					if (left) throw new FaultError(`${left.name} is still in: \`vipcheck faults --undo ${cluster.id}\` tries again`);
				}
				signal.throwIfAborted();
				await runPlain(
					trials.filter(({fault}) => !fault),
					{
						...context,
						known: (check, problem) => knownDefect({mode, version: cluster.target.version}, check, problem),
						acquire: async (wanted, waiting) => acquireLocks(locks, target, wanted, waiting),
					},
				);
			} finally {
				await testbeds.close();
				await tools.shells.close();
			}
		},
	};
};

/** Runs checks as they are, side by side; the rows of one check in one run. */
const runPlain = async (trials: readonly FaultTrial[], context: CheckContext): Promise<void> => {
	const runs = [...Map.groupBy(trials, ({planned}) => runOf(planned.id)).values()];
	await Promise.all(
		runs.map(async rows =>
			runCheck(
				rows[0]!.found.check,
				rows.map(({planned}) => planned.id),
				context,
			),
		),
	);
};
