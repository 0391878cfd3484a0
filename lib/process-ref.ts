import {readFile} from 'node:fs/promises';

/** A process: its number and when it started (clock ticks after boot), so that a later process with the same number is not taken for it. */
export type ProcessRef = {readonly pid: number; readonly start: string};

const startOf = async (pid: number): Promise<string | undefined> => {
	try {
		// proc(5): the second field, the program's name, may hold spaces and parentheses; starttime is the 22nd.
		const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
		return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
	} catch (error) {
		if (['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
		throw error;
	}
};

/** This process. */
export const thisProcess = async (): Promise<ProcessRef> => ({pid: process.pid, start: (await startOf(process.pid)) ?? ''});

/** Does the process still run? */
export const isAlive = async ({pid, start}: ProcessRef): Promise<boolean> => (await startOf(pid)) === start;
