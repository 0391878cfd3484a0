import {mkdirSync, rmSync, writeFileSync} from 'node:fs';
import {mkdir, readFile, rename, rm, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {clustersRoot} from '../paths.ts';
import {isAlive, thisProcess, type ProcessRef} from '../process-ref.ts';
import {UsageError} from '../usage.ts';

/** Whose a cluster directory is. `kept`: it is meant to outlive its process, until `vipcheck down`. */
export type Owner = ProcessRef & {
	readonly kept: boolean;
	readonly provider: string;
	/** When it was begun, ms since 1970. */
	readonly since: number;
};

/** The directory of a cluster. */
export const clusterDir = (id: string): string => join(clustersRoot(), id);

const ownerFile = (dir: string): string => join(dir, 'owner.json');
/** Who works with a kept cluster, whose owner may have ended long ago. */
const meanwhileFile = (dir: string): string => join(dir, 'in-use.json');

const readJson = async <T>(file: string): Promise<T | undefined> => {
	try {
		return JSON.parse(await readFile(file, 'utf8')) as T;
	} catch (error) {
		if (error instanceof SyntaxError || ['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
		throw error;
	}
};

/** Makes a cluster's directory and says whose it is, before there is anything of the cluster. Throws EEXIST for an id that is taken. */
export const makeOwned = (dir: string, owner: Owner): void => {
	// Synchronous: nobody shall see the directory without its owner.
	mkdirSync(dir);
	try {
		writeFileSync(ownerFile(dir), JSON.stringify(owner));
	} catch (error) {
		rmSync(dir, {recursive: true});
		throw error;
	}
};

/** Makes the directory of a new cluster, as this process's, with a place for its logs; nothing of the cluster is there before this. */
export const ownNew = async (dir: string, provider: string): Promise<void> => {
	await mkdir(join(dir, '..'), {recursive: true});
	makeOwned(dir, {...(await thisProcess()), kept: false, provider, since: Date.now()});
	await mkdir(join(dir, 'logs'));
};

/** Whose the directory is; undefined where nothing readable says so. */
export const ownerOf = async (dir: string): Promise<Owner | undefined> => readJson<Owner>(ownerFile(dir));

/** The cluster shall outlive its owner. */
export const outliveOwner = async (dir: string): Promise<void> => {
	const owner = await ownerOf(dir);
	if (!owner) throw new Error(`${ownerFile(dir)} is gone: somebody else takes this cluster down`);
	await writeFile(`${ownerFile(dir)}.new`, JSON.stringify({...owner, kept: true}));
	await rename(`${ownerFile(dir)}.new`, ownerFile(dir));
};

/** The running process that works with this kept cluster; undefined where there is none. */
export const ownerMeanwhile = async (dir: string): Promise<ProcessRef | undefined> => {
	const user = await readJson<ProcessRef>(meanwhileFile(dir));
	return user && (await isAlive(user)) ? user : undefined;
};

/**
 * Takes a kept cluster for this process alone, as two runs would disturb each other; answers how to give it back. Throws UsageError when
 * another process has it.
 */
export const ownMeanwhile = async (id: string, dir: string): Promise<() => Promise<void>> => {
	// attach() has looked: a file that is there is of a process that has ended.
	if (!(await ownerMeanwhile(dir))) await rm(meanwhileFile(dir), {force: true});
	try {
		await writeFile(meanwhileFile(dir), JSON.stringify(await thisProcess()), {flag: 'wx'});
	} catch (cause) {
		if ((cause as NodeJS.ErrnoException).code === 'EEXIST')
			throw new UsageError(`cluster ${id} has just been taken by another process`, {cause});
		throw cause;
	}
	return async () => rm(meanwhileFile(dir), {force: true});
};
