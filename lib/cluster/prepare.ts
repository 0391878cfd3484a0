import {appendFile} from 'node:fs/promises';
import {join} from 'node:path';
import type {ClusterFacts} from '../record/surroundings.ts';
import {undoAll} from '../change/undo.ts';
import {connect} from '../kube.ts';
import {CLOSE_TIMEOUT_MS} from '../limits.ts';
import {openShells} from '../shell/shells.ts';
import type {ClusterRef} from '../target.ts';
import {deployClients, removeNamespaces} from '../testbed/clients.ts';
import {clusterFacts} from './cluster-facts.ts';

/** Takes out faults that a killed fault run left in, looks at what is really there, and deploys what probes are sent from. */
export const prepareCluster = async (cluster: ClusterRef, runId: string, signal: AbortSignal): Promise<ClusterFacts> => {
	// Before anything is made: what a killed run leaves in a cluster is found by its id.
	await appendFile(join(cluster.dir, 'runs'), `${runId}\n`);
	await undoAll(cluster);
	const kube = (await connect(cluster.kubeconfig)).bound(signal);
	const shells = await openShells(cluster);
	try {
		const [facts] = await Promise.all([clusterFacts(kube, cluster, shells), deployClients(kube, cluster, runId, {signal})]);
		return facts;
	} finally {
		await shells.close();
	}
};

/** Takes a run's objects out of a cluster that stays; does not wait for the namespaces to be gone. */
export const tidyCluster = async (cluster: ClusterRef, runId: string): Promise<void> => {
	const kube = await connect(cluster.kubeconfig);
	await removeNamespaces(kube.bound(AbortSignal.timeout(CLOSE_TIMEOUT_MS)), runId);
};
