import {readFile, rm, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {UsageError} from '../usage.ts';
import {isAlive, thisProcess, type ProcessRef} from '../process-ref.ts';

const fileOf = (dir: string): string => join(dir, 'in-use.json');

/** The running process that uses this kept cluster; undefined where there is none. */
export const userOf = async (dir: string): Promise<ProcessRef | undefined> => {
	try {
		const user = JSON.parse(await readFile(fileOf(dir), 'utf8')) as ProcessRef;
		return await isAlive(user) ? user : undefined;
	} catch (error) {
		if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
		throw error;
	}
};

/** Takes a kept cluster for this process alone, as two runs would disturb each other; answers how to give it back. Throws UsageError when another process has it. */
export const lease = async (id: string, dir: string): Promise<() => Promise<void>> => {
	// attach() has looked: a file that is there is of a process that has ended.
	if (!await userOf(dir)) await rm(fileOf(dir), {force: true});
	try {
		await writeFile(fileOf(dir), JSON.stringify(await thisProcess()), {flag: 'wx'});
	} catch (cause) {
		if ((cause as NodeJS.ErrnoException).code === 'EEXIST') throw new UsageError(`cluster ${id} has just been taken by another process`, {cause});
		throw cause;
	}
	return async () => rm(fileOf(dir), {force: true});
};
