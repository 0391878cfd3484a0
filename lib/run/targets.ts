import {availableParallelism, freemem} from 'node:os';
import type {Provider} from '../../clusters/provider.ts';
import {ownKernels, type ClusterRef, type NodeKernel, type Target} from '../target.ts';
import {UsageError, messageOf} from '../usage.ts';
import {attach} from '../cluster/attach.ts';
import {chooseProvider} from '../cluster/choose-provider.ts';
import type {Choice} from '../cluster/choose-provider.ts';
import {contradictions} from '../options/options.ts';
import type {Given} from '../options/options.ts';

/** Where the cluster of a target comes from: made for the run, or there already and left as it is. */
export type Source =
	| (Choice & {readonly made: true})
	| {
			readonly made: false;
			readonly cluster: ClusterRef;
			readonly target: Target;
			readonly reason: string;
	  };

/** Settles what a run is about, a target for each mode, and looks whether each can be had; changes nothing. Throws UsageError. */
export const chooseTargets = async (given: Given, providers: () => Promise<readonly Provider[]>): Promise<readonly Source[]> => {
	if (given.reuse !== undefined) return [await borrowed(given, given.reuse)];
	const all = await providers();
	const modes = given.mode ?? [undefined];
	const choices = await Promise.allSettled(modes.map(async mode => chooseProvider(all, mode, given)));
	const refusals = choices.flatMap(choice => (choice.status === 'rejected' ? [choice.reason as unknown] : []));
	if (refusals.length > 0) throw refusals.length === 1 && modes.length === 1 ? refusals[0] : allRefused(modes.map(String), refusals);
	return choices.flatMap(choice => (choice.status === 'fulfilled' ? [{made: true as const, ...choice.value}] : []));
};

/** One line, however many modes cannot be made, each with its reason. Anything but a refusal is passed on as it is. */
const allRefused = (modes: readonly string[], refusals: readonly unknown[]): unknown =>
	refusals.find(refusal => !(refusal instanceof UsageError)) ??
	new UsageError(
		`--mode ${modes.join(',')}: ${[
			...new Set(
				refusals.map(refusal =>
					messageOf(refusal)
						.replace(/:\n\s*/g, ': ')
						.replaceAll(/\n\s*/g, '; '),
				),
			),
		].join('. ')}`,
	);

const borrowed = async (given: Given, name: string): Promise<Source> => {
	const cluster = await attach(name);
	const {target} = cluster;
	const against = contradictions(given, target);
	if (against.length > 0) throw new UsageError(against.map(line => `cluster ${cluster.id} has ${line}`).join('; '));
	return {made: false, cluster, target, reason: `${target.provider}: cluster ${cluster.id}, which exists`};
};

/** What this machine has for clusters. */
export type Room = {readonly cores: number; readonly freeMiB: number};
export const roomHere = (): Room => ({cores: availableParallelism(), freeMiB: Math.round(freemem() / 2 ** 20)});

/**
 * Memory that is left for a cluster: its control plane, and each worker. A control plane with one worker and the client pods took 550 MiB
 * (the sum of PSS); the rest is for what checks start, and for the processes of the suites.
 */
const CONTROL_PLANE_MIB = 1_200;
const WORKER_MIB = 400;
/** More nodes than that on one core make each other slow enough for the time limits of checks. */
const NODES_A_CORE = 3;
/** For how many nodes that are namespaces one with such a kernel works, about. */
const NODE_WEIGHT: Readonly<Record<NodeKernel, number>> = {host: 1, uml: 2, 'uml-built': 2};

/** How many of a run's clusters there may be at the same time, and why; without a word where there is one only. */
export const besideEachOther = (targets: readonly Target[], {cores, freeMiB}: Room): {readonly atOnce: number; readonly why: string} => {
	if (targets.length <= 1) return {atOnce: 1, why: ''};
	const nodes = Math.max(...targets.map(({workers, nodeKernel = 'host'}) => (workers + 1) * NODE_WEIGHT[nodeKernel]));
	const needMiB = Math.max(...targets.map(({workers}) => CONTROL_PLANE_MIB + workers * WORKER_MIB));
	const byCores = Math.floor((cores * NODES_A_CORE) / nodes);
	const byMemory = Math.floor(freeMiB / needMiB);
	const atOnce = Math.max(1, Math.min(targets.length, byCores, byMemory));
	const limit = byMemory < byCores ? `${freeMiB} MiB free, ${needMiB} each` : `${cores} cores, ${NODES_A_CORE} nodes on each at most`;
	return {
		atOnce,
		why:
			atOnce === targets.length
				? `${atOnce} clusters side by side`
				: `${targets.length} clusters, ${atOnce === 1 ? 'one after another' : `${atOnce} at a time`} (${limit})`,
	};
};

/**
 * How many checks a run has at work at a time: no more than there are cores where nodes have kernels of their own, which take whole
 * processors when rules are made: with one more, answers of their pods were 8 s late, and pods that ended were in rules still.
 */
export const seatsWith = (
	seats: number,
	targets: readonly Pick<Target, 'nodeKernel'>[],
	{cores}: Pick<Room, 'cores'> = roomHere(),
): number => (targets.some(target => ownKernels(target)) ? Math.min(seats, cores) : seats);
