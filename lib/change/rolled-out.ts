import type {Kube} from '../kube.ts';
import type {Look} from '../wait/eventually.ts';

type Counts = {
	readonly generation: number;
	readonly seen: number;
	readonly wanted: number;
	readonly all: number;
	readonly updated: number;
	readonly ready: number;
};

const countsOf = async (
	kube: Kube,
	{
		namespace,
		deployment,
		daemonSet = '',
	}: {
		readonly namespace: string;
		readonly deployment?: string;
		readonly daemonSet?: string;
		readonly whateverTemplate?: boolean;
	},
): Promise<Counts> => {
	if (deployment !== undefined) {
		const {metadata, spec, status} = await kube.apps.readNamespacedDeployment({namespace, name: deployment});
		return {
			generation: metadata?.generation ?? 0,
			seen: status?.observedGeneration ?? 0,
			wanted: spec?.replicas ?? 1,
			all: status?.replicas ?? 0,
			updated: status?.updatedReplicas ?? 0,
			ready: status?.readyReplicas ?? 0,
		};
	}
	const {metadata, status} = await kube.apps.readNamespacedDaemonSet({namespace, name: daemonSet});
	const wanted = status?.desiredNumberScheduled ?? 0;
	return {
		generation: metadata?.generation ?? 0,
		seen: status?.observedGeneration ?? 0,
		wanted,
		all: (status?.currentNumberScheduled ?? 0) + (status?.numberMisscheduled ?? 0),
		updated: status?.updatedNumberScheduled ?? 0,
		ready: status?.numberReady ?? 0,
	};
};

/** Whether every pod of a Deployment or a DaemonSet is Ready and, unless that is left open, of its newest template. */
export const rolledOut = async (kube: Kube, of: Parameters<typeof countsOf>[1]): Promise<Look<void>> => {
	const {generation, seen, wanted, all, updated, ready} = await countsOf(kube, of);
	if (seen >= generation && all === wanted && (of.whateverTemplate === true || updated === wanted) && ready === wanted)
		return {done: true, value: undefined};
	return {done: false, observed: `${updated} of ${wanted} are of the newest template, ${ready} Ready, ${all} in all`};
};
