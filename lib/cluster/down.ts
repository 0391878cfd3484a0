import type {Provider} from '../../clusters/provider.ts';
import {UsageError, causesOf} from '../usage.ts';
import type {FoundCluster} from './clusters.ts';
import {findCluster, listClusters} from './clusters.ts';
import {ownerMeanwhile} from './owner.ts';
import {takeDown} from './take-down.ts';

/** Which clusters `down` means: those that are named, or all kept ones, or the only kept one. Throws UsageError where that is not clear. */
export const chooseDown = async (names: readonly string[], all: boolean): Promise<readonly FoundCluster[]> => {
	if (names.length > 0 && all) throw new UsageError('give clusters or --all, not both');
	if (names.length > 0) return Promise.all([...new Set(names)].map(async name => findCluster(name)));
	const kept = (await listClusters()).filter(({owner}) => owner?.kept === true);
	if (all || kept.length <= 1) return kept;
	throw new UsageError(`which one? ${kept.map(({id}) => id).join(', ')} (or --all)`);
};

/** Refuses a cluster that a process is working with. Throws UsageError. */
export const refuseBusy = async ({id, dir, owner, alive}: FoundCluster): Promise<void> => {
	if (alive && owner && !owner.kept)
		throw new UsageError(
			`cluster ${id} belongs to process ${owner.pid}, which is running and takes it down at its end; Ctrl-C ends it`,
		);
	const user = await ownerMeanwhile(dir);
	if (user) throw new UsageError(`cluster ${id} is in use by process ${user.pid}: end that first`);
};

/** The providers that may know how to take a cluster down: its own, or any where nothing tells whose it is. */
const providersOf = ({owner, ref}: Pick<FoundCluster, 'owner' | 'ref'>, providers: readonly Provider[]): readonly Provider[] => {
	const name = owner?.provider ?? ref?.target.provider;
	const own = providers.filter(provider => provider.name === name);
	return own.length > 0 ? own : providers;
};

export type Removal = {readonly id: string; readonly error?: string};

/** Takes clusters down, one after the other; an error does not keep the others. */
export const removeClusters = async (
	clusters: readonly FoundCluster[],
	providers: readonly Provider[],
	{signals, done}: {signals: () => number; done: (removal: Removal) => void},
): Promise<void> => {
	for (const cluster of clusters) {
		try {
			for (const provider of providersOf(cluster, providers)) await takeDown(provider, cluster, {signals});
			done({id: cluster.id});
		} catch (error) {
			done({id: cluster.id, error: causesOf(error).join(': ')});
		}
	}
};
