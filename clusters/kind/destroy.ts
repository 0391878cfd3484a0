import {access} from 'node:fs/promises';
import {join} from 'node:path';
import type {Engine} from '../../lib/access.ts';
import {succeed} from '../../lib/shell/succeed.ts';
import {localShell} from '../../lib/shell/transports/local.ts';
import {findEngine} from '../containers/engine.ts';
import {CLUSTER_LABEL} from '../containers/outside.ts';
import {idsOf, kindName} from './names.ts';

const host = localShell('this host');

/** kind's own label of a node's container (pkg/cluster/constants): what it deletes a cluster by. */
const KIND_LABEL = 'io.x-k8s.kind.cluster';

const engineThere = async (): Promise<Engine | undefined> => {
	const state = await findEngine(host, process.env['KIND_EXPERIMENTAL_PROVIDER']);
	return state.ok ? state.engine : undefined;
};

const containersOf = async (engine: Engine, id: string): Promise<readonly string[]> => {
	const lists = await Promise.all(
		[`${KIND_LABEL}=${kindName(id)}`, `${CLUSTER_LABEL}=${id}`].map(async label =>
			succeed(host, [engine, 'ps', '--all', '--quiet', '--filter', `label=${label}`]),
		),
	);
	return [...new Set(lists.join('\n').split('\n').filter(Boolean))];
};

/**
 * Removes every container that carries the cluster's id, with its volumes: what \`kind delete cluster\` does, also for what is half
 * made. Its network is for all clusters and stays.
 */
export const destroyCluster = async (dir: string, id: string): Promise<void> => {
	const engine = await engineThere();
	if (engine === undefined) {
		const begun = await access(join(dir, 'kind.yaml')).then(
			() => true,
			() => false,
		);
		if (begun) throw new Error('the container engine that runs this cluster does not answer: start it, then try again');
		return;
	}
	const containers = await containersOf(engine, id);
	if (containers.length > 0) await succeed(host, [engine, 'rm', '--force', '--volumes', ...containers]);
};

/** Ids of all clusters of ours that the engine has anything of. */
export const strayClusters = async (): Promise<readonly string[]> => {
	const engine = await engineThere();
	if (engine === undefined) return [];
	const format = `{{.Label "${KIND_LABEL}"}}\n{{.Label "${CLUSTER_LABEL}"}}`;
	const listed = await succeed(host, [engine, 'ps', '--all', '--format', format]);
	const own = await succeed(host, [
		engine,
		'ps',
		'--all',
		'--filter',
		`label=${CLUSTER_LABEL}`,
		'--format',
		`{{.Label "${CLUSTER_LABEL}"}}`,
	]);
	return [...new Set([...idsOf(listed), ...own.split('\n').filter(Boolean)])];
};
