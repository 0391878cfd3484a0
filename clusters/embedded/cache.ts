import {createHash, randomBytes} from 'node:crypto';
import {access, link, mkdir, readFile, readdir, rename, rm, writeFile} from 'node:fs/promises';
import {basename, dirname, join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {exec} from './exec.ts';

const exists = async (path: string): Promise<boolean> => access(path).then(() => true, () => false);

/** A short name for a set of inputs: equal inputs, equal name. */
export const digest = (...inputs: readonly string[]): string => createHash('sha256').update(inputs.join('\0')).digest('hex').slice(0, 12);

/** The start time of a process (clock ticks since boot) tells it from a later one with the same pid; undefined when there is none. */
const startOf = async (pid: number): Promise<string | undefined> =>
	readFile(`/proc/${pid}/stat`, 'utf8').then(stat => stat.slice(stat.lastIndexOf(')')).split(' ')[20], () => undefined);

/** A lock file names its holder from the moment it exists (link is atomic), so a killed holder is always recognised. */
const tryLock = async (file: string): Promise<boolean> => {
	const own = `${file}.${process.pid}-${randomBytes(3).toString('hex')}`;
	await writeFile(own, `${process.pid} ${await startOf(process.pid)}`);
	try {
		await link(own, file);
		return true;
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
		const [pid, start] = (await readFile(file, 'utf8').catch(() => '')).split(' ');
		if (pid && (await startOf(Number(pid))) !== start) await rm(file, {force: true});
		return false;
	} finally {
		await rm(own, {force: true});
	}
};

/**
 * Makes a directory once and for all processes: `make` fills a temporary one, which gets its name only when it is complete and on disk.
 * What an interrupted `make` left is removed, never used. Returns the path.
 */
export const once = async (path: string, make: (unfinished: string) => Promise<void>, signal?: AbortSignal): Promise<string> => {
	if (await exists(path)) return path;
	await mkdir(dirname(path), {recursive: true});
	const lock = `${path}.lock`;
	while (!(await tryLock(lock))) await sleep(100, undefined, signal ? {signal} : {});
	try {
		if (await exists(path)) return path;
		for (const name of await readdir(dirname(path))) if (name.startsWith(`${basename(path)}.unfinished-`)) await rm(join(dirname(path), name), {recursive: true, force: true});
		const unfinished = `${path}.unfinished-${randomBytes(3).toString('hex')}`;
		await mkdir(unfinished);
		try {
			await make(unfinished);
			await exec(['sync', '-f', unfinished]);
			await rename(unfinished, path);
		} catch (error) {
			await rm(unfinished, {recursive: true, force: true});
			throw error;
		}
		return path;
	} finally {
		await rm(lock, {force: true});
	}
};
