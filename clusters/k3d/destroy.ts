import {join} from 'node:path';
import {succeed} from '../../lib/shell/succeed.ts';
import {localShell} from '../../lib/shell/transports/local.ts';
import {clusterName, idsOf} from '../containers/names.ts';
import {CLUSTER_LABEL} from '../containers/outside.ts';
import {engineOf, removeLabelled, valuesOf} from '../containers/remove.ts';
import {idsOfObjects, K3D_LABEL, networkOf} from './names.ts';

const host = localShell('this host');

const named = async (what: 'network' | 'volume'): Promise<string> => succeed(host, ['docker', what, 'ls', '--format', '{{.Name}}']);

/**
 * Removes the cluster's containers, its volume and its network: what \`k3d cluster delete\` does, which knows no cluster without a node and
 * then leaves the others.
 */
export const destroyCluster = async (dir: string, id: string): Promise<void> => {
	if ((await engineOf(host, 'docker', join(dir, 'k3d.yaml'))) === undefined) return;
	await removeLabelled(host, 'docker', [`${K3D_LABEL}=${clusterName(id)}`, `${CLUSTER_LABEL}=${id}`]);
	for (const what of ['volume', 'network'] as const) {
		const own = (await named(what)).split('\n').filter(name => name === networkOf(id) || name === `${networkOf(id)}-images`);
		if (own.length > 0) await succeed(host, ['docker', what, 'rm', ...own]);
	}
};

/** Ids of all clusters of ours that Docker has anything of. */
export const strayClusters = async (): Promise<readonly string[]> => {
	if ((await engineOf(host, 'docker')) === undefined) return [];
	const [names, own, networks, volumes] = await Promise.all([
		valuesOf(host, 'docker', K3D_LABEL),
		valuesOf(host, 'docker', CLUSTER_LABEL),
		named('network'),
		named('volume'),
	]);
	return [...new Set([...idsOf(names.join('\n')), ...own, ...idsOfObjects(`${networks}\n${volumes}`)])];
};
