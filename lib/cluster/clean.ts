import {readdir, rm} from 'node:fs/promises';
import {join} from 'node:path';
import type {Provider} from '../../clusters/provider.ts';
import {UsageError} from '../usage.ts';
import type {FoundCluster} from './clusters.ts';
import {isWanted, listClusters} from './clusters.ts';
import {removeClusters} from './down.ts';
import type {Removal} from './down.ts';

export type CleanOptions = {
	/** Only these ids; none: whatever is left over. */
	readonly ids: readonly string[];
	/** Kept clusters too. */
	readonly all: boolean;
	readonly root: string;
	readonly signals: () => number;
	readonly done: (removal: Removal) => void;
};

/**
 * Removes every cluster that no running process owns: by its directory, and what the machine still has where no directory tells of it. Kept
 * ones stay unless `all`.
 */
export const clean = async (providers: readonly Provider[], {ids, all, root, signals, done}: CleanOptions): Promise<void> => {
	const asked = ({id}: {id: string}): boolean => ids.length === 0 || ids.includes(id);
	const clusters = await listClusters(root);
	const left = clusters.filter(cluster => asked(cluster) && (all ? !cluster.alive : !isWanted(cluster)));
	await removeClusters(left, providers, {signals, done});
	// Looked for only now: what has just been removed is no stray.
	const known = new Set((await listClusters(root)).map(({id}) => id));
	for (const provider of providers) {
		const strays = ((await provider.strays?.()) ?? []).filter(id => asked({id}) && !known.has(id));
		const found = strays.map((id): FoundCluster => ({
			id,
			dir: join(root, id),
			since: 0,
			alive: false,
			owner: {pid: 0, start: '', kept: false, provider: provider.name, since: 0},
		}));
		await removeClusters(found, providers, {signals, done});
	}
};

/** Removes the parts that clusters are made of. Throws UsageError while there is a cluster: it runs on them. */
export const cleanCache = async (cache: string, root: string): Promise<readonly string[]> => {
	const clusters = await listClusters(root);
	if (clusters.length > 0)
		throw new UsageError(`the parts cache is in use by ${clusters.map(({id}) => id).join(', ')}: take them down first`);
	const names = await readdir(cache).catch((error: NodeJS.ErrnoException) => {
		if (error.code === 'ENOENT') return [];
		throw error;
	});
	await Promise.all(names.map(async name => rm(join(cache, name), {recursive: true, force: true})));
	return names.filter(name => join(cache, name) !== root);
};
