import {mkdir, readdir, rename, rm, symlink} from 'node:fs/promises';
import {join, relative, resolve} from 'node:path';
import {UsageError, messageOf} from '../usage.ts';

/** `path` as the user should see it and the directory itself. */
export type RunDir = {readonly path: string; readonly shown: string};

/** A directory as it is called on the command line. */
export const shownDir = (name: string): RunDir => {
	const path = resolve(name);
	const shown = relative(process.cwd(), path);
	return {path, shown: shown === '' || shown.startsWith('..') ? path : shown};
};

/** Where the run of this id goes. Makes nothing; throws UsageError when `out` is in use. */
export const chooseRunDir = async (out: string | undefined, id: string): Promise<RunDir> => {
	const dir = shownDir(out ?? join('runs', id));
	if (out !== undefined) await refuseUsed(out, dir.path);
	return dir;
};

const refuseUsed = async (out: string, path: string): Promise<void> => {
	let names: string[];
	try {
		names = await readdir(path);
	} catch (cause) {
		if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return;
		throw new UsageError(`--out ${out} cannot be used: ${messageOf(cause)}`, {cause});
	}
	if (names.includes('events.ndjson'))
		throw new UsageError(`--out ${out} holds an earlier run: give another directory, or remove it first (rm -r ${out})`);
	if (names.length > 0)
		throw new UsageError(
			`--out ${out} is not empty (${names.slice(0, 3).join(', ')}${names.length > 3 ? ', …' : ''}): give a directory of its own`,
		);
};

/** Makes the directory; a run that was not sent elsewhere is `runs/latest` from now on. Throws UsageError where it cannot be made. */
export const makeRunDir = async ({path}: RunDir, out: string | undefined): Promise<void> => {
	try {
		await mkdir(path, {recursive: true});
		if (out === undefined) await pointLatest(path);
	} catch (cause) {
		throw new UsageError(`the run directory ${path} cannot be made: ${messageOf(cause)}`, {cause});
	}
};

const pointLatest = async (path: string): Promise<void> => {
	const latest = join(path, '..', 'latest');
	const next = join(path, '..', `.latest.${process.pid}`);
	await rm(next, {force: true});
	await symlink(relative(join(path, '..'), path), next);
	await rename(next, latest);
};
