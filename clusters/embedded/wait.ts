import {glob, readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {CLUSTER_STEP_TIMEOUT_MS} from '../../lib/limits.ts';
import {CommandError, exec} from './exec.ts';
import type {Machine} from './machine/machine.ts';

const LIMIT_S = CLUSTER_STEP_TIMEOUT_MS / 1000;

/** So often it looks ten times a second, then once: on an emulated machine a look costs half a second of processor time, which is taken from what it waits for. */
const SOON_TRIES = 50;

const lastLines = async (machine: Machine, logs: string): Promise<string> => {
	const texts: string[] = [];
	for await (const file of glob(join(machine.dir, logs))) {
		const lines = (await readFile(file, 'utf8')).trimEnd().split('\n').slice(-5);
		texts.push(`last lines of ${file}:`, ...lines.map(line => `  ${line.slice(0, 300)}`));
	}
	return texts.join('\n');
};

/**
 * Runs a shell condition in a machine until it holds. `logs` is a pattern below the machine's directory:
 * when time runs out, the last lines of those files are in the error.
 */
export const waitFor = async (machine: Machine, what: string, condition: string, {logs, signal, log}: {logs: string; signal: AbortSignal; log: string}): Promise<void> => {
	try {
		// --foreground: otherwise timeout leaves the process group, and an interrupt would not reach it.
		await exec(['nsenter', '--target', String(machine.pid), '--all', '--', 'timeout', '--foreground', String(LIMIT_S), 'sh', '-c', `tries=0; until ${condition} >/dev/null 2>&1; do tries=$((tries + 1)); if [ $tries -lt ${SOON_TRIES} ]; then sleep 0.1; else sleep 1; fi; done`], {signal, log});
	} catch (error) {
		if (!(error instanceof CommandError)) throw error;
		throw new Error(`${what} on ${machine.name}: not within ${LIMIT_S} s\n${await lastLines(machine, logs)}`.trimEnd(), {cause: error});
	}
};
