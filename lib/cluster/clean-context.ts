import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {connect} from '../kube.ts';
import {EXISTING_ANSWER_TIMEOUT_MS} from '../limits.ts';
import {RUN_LABEL} from '../testbed/clients.ts';
import type {FoundCluster} from './clusters.ts';

/** A namespace that a run made, and what became of it. */
type CleanedNamespace = {
	readonly name: string;
	readonly run: string;
	readonly left: boolean;
};

/** The runs that have used these clusters' directories. */
const runsOf = async (clusters: readonly Pick<FoundCluster, 'dir'>[]): Promise<ReadonlySet<string>> => {
	const files = await Promise.all(
		clusters.map(async ({dir}) =>
			readFile(join(dir, 'runs'), 'utf8').catch((error: NodeJS.ErrnoException) => {
				if (error.code === 'ENOENT') return '';
				throw error;
			}),
		),
	);
	return new Set(files.flatMap(text => text.split('\n').filter(Boolean)));
};

/**
 * Asks for the deletion of every namespace that carries the label of a run, whichever machine it was made from; leaves those of the
 * clusters in `busy`, which processes of this machine work with. Does not wait until they are gone. Throws KubeError, UsageError.
 */
export const cleanContext = async (
	{kubeconfig, context}: {readonly kubeconfig: string; readonly context?: string | undefined},
	busy: readonly Pick<FoundCluster, 'dir'>[],
): Promise<readonly CleanedNamespace[]> => {
	const kube = (await connect(kubeconfig, context)).bound(AbortSignal.timeout(EXISTING_ANSWER_TIMEOUT_MS));
	const goingOn = await runsOf(busy);
	const {items} = await kube.core.listNamespace({labelSelector: RUN_LABEL});
	return Promise.all(
		items.map(async ({metadata}) => {
			const [name, run] = [metadata?.name as string, metadata?.labels?.[RUN_LABEL] as string];
			const left = goingOn.has(run);
			if (!left) await kube.remove({apiVersion: 'v1', kind: 'Namespace', metadata: {name}});
			return {name, run, left};
		}),
	);
};
