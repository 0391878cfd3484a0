import {mkdirSync, rmSync, writeFileSync} from 'node:fs';
import {readFile, rename, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import type {ProcessRef} from '../process-ref.ts';

/** Whose a cluster directory is. `kept`: it is meant to outlive its process, until `vipcheck down`. */
export type Owner = ProcessRef & {readonly kept: boolean; readonly provider: string; /** When it was begun, ms since 1970. */ readonly since: number};

const fileOf = (dir: string): string => join(dir, 'owner.json');

/** Makes a cluster's directory and says whose it is, before there is anything of the cluster. Throws EEXIST for an id that is taken. */
export const claimDirectory = (dir: string, owner: Owner): void => {
	// Synchronous: nobody shall see the directory without its owner.
	mkdirSync(dir);
	try {
		writeFileSync(fileOf(dir), JSON.stringify(owner));
	} catch (error) {
		rmSync(dir, {recursive: true});
		throw error;
	}
};

/** Whose the directory is; undefined where nothing readable says so. */
export const readOwner = async (dir: string): Promise<Owner | undefined> => {
	try {
		return JSON.parse(await readFile(fileOf(dir), 'utf8')) as Owner;
	} catch (error) {
		if (error instanceof SyntaxError || ['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
		throw error;
	}
};

/** The cluster shall outlive its process. */
export const markKept = async (dir: string): Promise<void> => {
	const owner = await readOwner(dir);
	if (!owner) throw new Error(`${fileOf(dir)} is gone: somebody else takes this cluster down`);
	await writeFile(`${fileOf(dir)}.new`, JSON.stringify({...owner, kept: true}));
	await rename(`${fileOf(dir)}.new`, fileOf(dir));
};
