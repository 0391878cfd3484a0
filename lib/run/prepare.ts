import type {ClusterFacts} from '../events.ts';
import {undoAll} from '../check/change/undo.ts';
import {connect} from '../kube.ts';
import {CLOSE_TIMEOUT_MS} from '../limits.ts';
import type {ClusterRef} from '../target.ts';
import {deployClients, removeNamespaces} from './clients.ts';
import {clusterFacts} from './cluster-facts.ts';

/** Takes out faults that a killed fault run left in, looks at what is really there, and deploys what probes are sent from. */
export const prepareCluster = async (cluster: ClusterRef, runId: string, signal: AbortSignal): Promise<ClusterFacts> => {
	await undoAll(cluster);
	const kube = (await connect(cluster.kubeconfig)).bound(signal);
	const [facts] = await Promise.all([clusterFacts(kube, cluster), deployClients(kube, cluster, runId, {signal})]);
	return facts;
};

/** Takes a run's objects out of a cluster that stays; does not wait for the namespaces to be gone. */
export const tidyCluster = async (cluster: ClusterRef, runId: string): Promise<void> => {
	const kube = await connect(cluster.kubeconfig);
	await removeNamespaces(kube.bound(AbortSignal.timeout(CLOSE_TIMEOUT_MS)), runId);
};
