import type {Provider, PutIn} from '../../clusters/provider.ts';
import type {Out} from '../../reports/console.ts';
import {toolsOf, type Tools} from '../change/carry-out.ts';
import {putIn} from '../cluster/add-ons.ts';
import {prepareCluster, tidyCluster} from '../cluster/prepare.ts';
import {loadProviders} from '../cluster/providers.ts';
import type {Crashes} from '../ending.ts';
import type {Fault} from '../faults/tools/fault.ts';
import {loadFaults} from '../faults/tools/load.ts';
import type {Interrupts} from '../interrupts.ts';
import type {ClusterFacts} from '../record/surroundings.ts';
import type {RunPlan} from '../record/run-plan.ts';
import type {AddOn, ClusterRef} from '../target.ts';
import {testbedMaker} from '../testbed/make-testbed.ts';
import type {Testbeds} from '../testbed/testbed.ts';
import {loadChecks, type FoundCheck} from './checks.ts';
import {runSuites, type Runner} from './runner.ts';

/**
 * All that a run reaches outside itself: the terminal it was started from, what the project holds, clusters. A test puts another in its
 * place.
 */
export type World = {
	readonly interrupts: Interrupts;
	readonly crashes: Crashes;
	readonly out: Out;
	/** Tells what is no part of the report. */
	err(line: string): void;

	providers(): Promise<readonly Provider[]>;
	checks(): Promise<readonly FoundCheck[]>;
	faults(): Promise<readonly Fault[]>;

	/** Makes a cluster ready to be checked, and says what is really there. */
	prepare(cluster: ClusterRef, runId: string, signal: AbortSignal): Promise<ClusterFacts>;
	/** Puts into a cluster what checks ask for. */
	putIn(cluster: ClusterRef, addOn: AddOn, context: Parameters<PutIn>[1]): Promise<void>;
	/** Takes a run's objects out of a cluster that stays. */
	tidy(cluster: ClusterRef, runId: string): Promise<void>;
	/** Runs checks in processes of their own. */
	readonly runSuites: Runner;
	/** What faults are put in with. */
	tools(cluster: ClusterRef): Promise<Tools>;
	testbeds(plan: RunPlan, tools: Tools): Testbeds;
};

/** The real one, seen from a terminal. */
export const realWorld = ({interrupts, err}: Pick<World, 'interrupts' | 'err'>): World => ({
	interrupts,
	crashes: process,
	out: process.stdout,
	err,
	providers: loadProviders,
	checks: loadChecks,
	faults: loadFaults,
	prepare: prepareCluster,
	putIn,
	tidy: tidyCluster,
	runSuites,
	tools: toolsOf,
	testbeds: (plan, {kube, shells}) => testbedMaker(plan, kube, shells),
});
