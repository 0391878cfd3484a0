import {spawn} from 'node:child_process';
import {closeSync, openSync} from 'node:fs';
import {open} from 'node:fs/promises';
import {join} from 'node:path';
import {stripVTControlCharacters} from 'node:util';
import {FOLLOW_INTERVAL_MS, RUNNER_STOP_GRACE_MS} from '../limits.ts';
import {PROJECT} from '../paths.ts';
import {targetDir} from '../record/run-plan.ts';

type RunnerInput = {
	readonly runDir: string;
	/** Key of the target whose checks run. */
	readonly target: string;
	/** Suite files, from the project's directory. */
	readonly files: readonly string[];
	/** Socket of the lock server. */
	readonly locks: string;
	/** Suites that run at the same time. */
	readonly concurrency: number;
	readonly signal: AbortSignal;
	/** Milliseconds since the checks last said something. */
	readonly silentMs: () => number;
	/** More silence than this means that it hangs. */
	readonly silenceLimitMs: number;
};

type RunnerEnd = {
	readonly exitCode: number | undefined;
	readonly signal: string | undefined;
	/** The end of what it printed. */ readonly output: string;
};

/** Runs suites to their end; does not throw for what the runner does. */
export type Runner = (input: RunnerInput) => Promise<RunnerEnd>;

/** What of the runner's output goes into the record: enough for a stack trace of each of a few processes. */
const TAIL_BYTES = 16 * 1024;

/**
 * Runs AVA over the suites, in a process group of its own, and waits for its end; nothing of the group is left then. Does not throw for
 * what AVA does.
 */
export const runSuites: Runner = async ({runDir, target, files, locks, concurrency, signal, silentMs, silenceLimitMs}) => {
	const log = join(runDir, targetDir(target), 'ava.log');
	const fd = openSync(log, 'a');
	// Not execa: it would pass the output through this process, and a killed one would take AVA's last words with it.
	const child = spawn(
		process.execPath,
		[join('node_modules', 'ava', 'entrypoints', 'cli.js'), '--concurrency', String(concurrency), ...files],
		{
			cwd: PROJECT,
			detached: true,
			stdio: ['ignore', fd, fd],
			env: {...process.env, VIPCHECK_RUN: runDir, VIPCHECK_TARGET: target, VIPCHECK_LOCKS: locks, NO_COLOR: '1', FORCE_COLOR: '0'},
		},
	);
	closeSync(fd);
	const ended = new Promise<Omit<RunnerEnd, 'output'>>((resolve, reject) => {
		child.once('error', cause => reject(new Error(`the test runner cannot be started: ${cause.message}`, {cause})));
		child.once('exit', (exitCode, name) => resolve({exitCode: exitCode ?? undefined, signal: name ?? undefined}));
	});
	const {pid} = child;
	const signalAll = (name: NodeJS.Signals): void => {
		if (pid !== undefined) killGroup(pid, name);
	};

	let why = '';
	let killer: NodeJS.Timeout | undefined;
	const stop = (reason: string): void => {
		if (killer) return;
		why = reason;
		signalAll('SIGTERM');
		killer = setTimeout(() => signalAll('SIGKILL'), RUNNER_STOP_GRACE_MS);
	};
	const onAbort = (): void => stop('');
	const watch = setInterval(() => {
		if (silentMs() > silenceLimitMs)
			stop(`vipcheck ended the runner: no check said anything for ${Math.round(silenceLimitMs / 1000)} s`);
	}, FOLLOW_INTERVAL_MS);
	signal.addEventListener('abort', onAbort, {once: true});
	if (signal.aborted) onAbort();
	try {
		return {...(await ended), output: [await tailOf(log), why].filter(Boolean).join('\n')};
	} finally {
		clearInterval(watch);
		clearTimeout(killer);
		signal.removeEventListener('abort', onAbort);
		// Workers whose AVA was killed.
		signalAll('SIGKILL');
	}
};

const killGroup = (pid: number, name: NodeJS.Signals): void => {
	try {
		process.kill(-pid, name);
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
	}
};

const tailOf = async (path: string): Promise<string> => {
	const file = await open(path);
	try {
		const {size} = await file.stat();
		const {buffer, bytesRead} = await file.read({buffer: Buffer.alloc(TAIL_BYTES), position: Math.max(0, size - TAIL_BYTES)});
		return stripVTControlCharacters(buffer.toString('utf8', 0, bytesRead)).trim();
	} finally {
		await file.close();
	}
};
