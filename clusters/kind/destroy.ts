import {join} from 'node:path';
import {localShell} from '../../lib/shell/transports/local.ts';
import {clusterName, idsOf} from '../containers/names.ts';
import {CLUSTER_LABEL} from '../containers/outside.ts';
import {engineOf, removeLabelled, valuesOf} from '../containers/remove.ts';

const host = localShell('this host');

/** kind's own label of a node's container (pkg/cluster/constants): what it deletes a cluster by. */
const KIND_LABEL = 'io.x-k8s.kind.cluster';

const engineThere = async (begun?: string) => engineOf(host, process.env['KIND_EXPERIMENTAL_PROVIDER'], begun);

/**
 * Removes every container that carries the cluster's id, with its volumes: what \`kind delete cluster\` does, also for what is half
 * made. Its network is for all clusters and stays.
 */
export const destroyCluster = async (dir: string, id: string): Promise<void> => {
	const engine = await engineThere(join(dir, 'kind.yaml'));
	if (engine !== undefined) await removeLabelled(host, engine, [`${KIND_LABEL}=${clusterName(id)}`, `${CLUSTER_LABEL}=${id}`]);
};

/** Ids of all clusters of ours that the engine has anything of. */
export const strayClusters = async (): Promise<readonly string[]> => {
	const engine = await engineThere();
	if (engine === undefined) return [];
	const [names, own] = await Promise.all([valuesOf(host, engine, KIND_LABEL), valuesOf(host, engine, CLUSTER_LABEL)]);
	return [...new Set([...idsOf(names.join('\n')), ...own])];
};
