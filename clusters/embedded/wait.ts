import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {CLUSTER_STEP_TIMEOUT_MS, LOOK_TIMEOUT_MS} from '../../lib/limits.ts';
import {TransportError} from '../../lib/shell/shell.ts';
import {CommandError} from '../../lib/shell/succeed.ts';
import type {Machine} from './machine/machine.ts';

/**
 * So often it looks ten times a second, then once: on an emulated machine a look costs half a second of processor time, which is taken from
 * what it waits for. With a kernel of its own, whose forks are dear too, it looks once a second from the start.
 */
const soonTries = ({access}: Machine): number => (access.kind === 'agent' ? 0 : 50);

const MOST_LINES = 2000;

/** The machine's own words: its boot log, and the ends of those files in it that the patterns match, each below its name. */
export const machineLogs = async (machine: Machine, patterns: readonly string[], lines = MOST_LINES): Promise<string> => {
	const boot = await readFile(join(machine.dir, 'boot.log'), 'utf8').catch(() => '');
	const inside =
		patterns.length === 0
			? ''
			: await machine
					.run(['sh', '-c', `for f in ${patterns.join(' ')}; do [ ! -f "$f" ] || { echo "$f:"; tail -n ${lines} "$f"; }; done`], {
						timeoutMs: LOOK_TIMEOUT_MS,
					})
					.catch((error: Error) => `${machine.name} cannot be asked: ${error.message}\n`);
	return `boot.log:\n${boot.trimEnd().split('\n').slice(-lines).join('\n')}\n${inside}`;
};

type WaitOptions = {
	/** Files in the machine, as patterns: when time runs out, their last lines are in the error. */
	readonly logs: readonly string[];
	readonly signal: AbortSignal;
	readonly log: string;
};

/** Runs a shell condition in a machine until it holds. Throws when time runs out. */
export const waitFor = async (machine: Machine, what: string, condition: string, {logs, signal, log}: WaitOptions): Promise<void> => {
	const loop =
		`tries=0; until ${condition} >/dev/null 2>&1; do tries=$((tries + 1)); if [ $tries -lt ${soonTries(machine)} ]; then sleep ` +
		'0.1; else sleep 1; fi; done';
	try {
		await machine.run(['sh', '-c', loop], {signal, log, timeoutMs: CLUSTER_STEP_TIMEOUT_MS});
	} catch (error) {
		if (!(error instanceof CommandError || error instanceof TransportError)) throw error;
		const last = (await machineLogs(machine, logs, 5))
			.trimEnd()
			.split('\n')
			.map(line => `  ${line.slice(0, 300)}`)
			.join('\n');
		throw new Error(`${what} on ${machine.name}: not within ${CLUSTER_STEP_TIMEOUT_MS / 1000} s\n${last}`, {cause: error});
	}
};
