import {readFile} from 'node:fs/promises';
import {basename, dirname} from 'node:path';
import {processesIn} from './cgroup.ts';

/** The cluster's directory in the command line of a process that keeps a machine (unshare … sh boot.sh <directory of the machine> …). */
export const directoryIn = (cmdline: string): string | undefined => {
	const words = cmdline.split('\0');
	const boot = words.findIndex(word => basename(word) === 'boot.sh');
	const machine = words[boot + 1];
	return boot === -1 || !machine ? undefined : dirname(dirname(machine));
};

/** Directories that the running machines of a cluster were booted from, whatever cache they are in. */
export const directoriesOf = async (id: string): Promise<readonly string[]> => {
	const lines = await Promise.all((await processesIn(id)).map(async pid => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')));
	return [...new Set(lines.flatMap(line => directoryIn(line) ?? []))];
};
