import {readdir, readFile, stat, writeFile} from 'node:fs/promises';
import {basename, join, resolve} from 'node:path';
import {clustersRoot} from '../paths.ts';
import type {ClusterRef} from '../target.ts';
import {UsageError} from '../usage.ts';
import {isAlive} from '../process-ref.ts';
import {ownerMeanwhile, ownerOf, type Owner} from './owner.ts';

/** A cluster directory as it is found; `ref` only once the cluster was complete. */
export type FoundCluster = {
	readonly id: string;
	readonly dir: string;
	readonly since: number;
	readonly owner?: Owner;
	readonly alive: boolean;
	readonly ref?: ClusterRef;
};

const refFile = (dir: string): string => join(dir, 'cluster.json');

/** Saves how to attach to the cluster again. */
export const writeClusterRef = async (dir: string, ref: ClusterRef): Promise<void> =>
	writeFile(refFile(dir), JSON.stringify(ref, undefined, '\t'));

const readClusterRef = async (dir: string): Promise<ClusterRef | undefined> => {
	try {
		return JSON.parse(await readFile(refFile(dir), 'utf8')) as ClusterRef;
	} catch (error) {
		if (error instanceof SyntaxError || ['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
		throw error;
	}
};

const found = async (id: string, dir: string): Promise<FoundCluster> => {
	const [owner, ref, {mtimeMs}] = await Promise.all([ownerOf(dir), readClusterRef(dir), stat(dir)]);
	return {
		id,
		dir,
		since: owner?.since ?? mtimeMs,
		...(owner && {owner}),
		alive: owner !== undefined && (await isAlive(owner)),
		...(ref && {ref}),
	};
};

/** Every cluster directory there is, by id. */
export const listClusters = async (root = clustersRoot()): Promise<readonly FoundCluster[]> => {
	const entries = await readdir(root, {withFileTypes: true}).catch((error: NodeJS.ErrnoException) => {
		if (error.code === 'ENOENT') return [];
		throw error;
	});
	const clusters = await Promise.all(
		entries
			.filter(entry => entry.isDirectory())
			.map(async ({name}) =>
				found(name, join(root, name)).catch((error: NodeJS.ErrnoException) => {
					// Somebody took it down while we looked.
					if (error.code === 'ENOENT') return undefined;
					throw error;
				}),
			),
	);
	return clusters.filter(cluster => cluster !== undefined).toSorted((a, b) => a.id.localeCompare(b.id));
};

/** Finds a cluster by its id or its directory. Throws UsageError that names those that there are. */
export const findCluster = async (name: string, root = clustersRoot()): Promise<FoundCluster> => {
	const all = await listClusters(root);
	const path = resolve(name);
	const match = all.find(({id}) => id === name) ?? all.find(({dir}) => dir === path);
	if (match) return match;
	const elsewhere = await readClusterRef(path);
	if (elsewhere) return found(elsewhere.id ?? basename(path), path);
	throw new UsageError(
		`there is no cluster ${name}; ` +
			`${all.length === 0 ? 'none exists: `vipcheck up` makes one' : `there are: ${all.map(({id}) => id).join(', ')}`}`,
	);
};

/** A running process works with it: the one that made it, unless it only stays, or another one meanwhile. */
export const isBusy = async ({dir, owner, alive}: FoundCluster): Promise<boolean> =>
	(alive && owner?.kept !== true) || (await ownerMeanwhile(dir)) !== undefined;

/** Meant to stay, or in use by a process that runs. */
export const isWanted = ({owner, alive}: FoundCluster): boolean => alive || owner?.kept === true;
