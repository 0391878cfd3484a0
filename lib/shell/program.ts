import {execa, type Options} from 'execa';
import {constants} from 'node:os';
import {KILL_AFTER_MS, LAST_WORDS_MS} from '../limits.ts';
import {brief, tail} from './quote.ts';
import {TransportError, type CommandResult, type RunOptions} from './shell.ts';

/** What a caller asked for (`argv` at `where`) and what is really started here to get there (`command`). */
export type Program = {
	readonly where: string;
	readonly argv: readonly string[];
	readonly command: readonly string[];
	/** The whole environment; left out: ours, plus what the caller adds. */
	readonly env?: Readonly<Record<string, string>>;
};

/** The rules of a node with 50,000 Services are about 50 MB; V8's longest string is 512 MiB. */
export const OUTPUT_LIMIT = 256 * 1024 * 1024;

/** How every program is started: in a process group of its own, so that ending it ends its children, in nested pid namespaces too. */
export const startOptions = (program: Program, env: Record<string, string> = {}) =>
	({
		env: {...program.env, ...env},
		extendEnv: program.env === undefined,
		reject: false,
		stripFinalNewline: false,
		killDescendants: true,
		forceKillAfterDelay: KILL_AFTER_MS,
	}) as const satisfies Options;

/** One signal for both reasons to stop; `done` takes back what it holds. */
export const stopper = (timeoutMs: number | undefined, signal: AbortSignal | undefined) => {
	const controller = new AbortController();
	const stop = () => controller.abort();
	const timer = timeoutMs === undefined ? undefined : setTimeout(stop, timeoutMs);
	signal?.addEventListener('abort', stop);
	const done = () => {
		clearTimeout(timer);
		signal?.removeEventListener('abort', stop);
	};

	return {stop: controller.signal, done};
};

/**
 * Runs a program to its end. A program that a signal ended has exit code 128 + signal, as in a shell. Throws TransportError when it
 * cannot be started, times out, is aborted or says more than 256 MiB.
 */
export const runProgram = async (program: Program, {stdin, timeoutMs, signal, env}: RunOptions = {}): Promise<CommandResult> => {
	const {where, argv} = program;
	const what = `${where}: \`${brief(argv)}\``;
	if (signal?.aborted) {
		throw new TransportError(`${what} was not started: ${String(signal.reason)}`, {cause: signal.reason});
	}

	const [file = '', ...args] = program.command;
	const started = performance.now();
	const {stop, done} = stopper(timeoutMs, signal);
	const child = execa(file, args, {
		...startOptions(program, env),
		maxBuffer: OUTPUT_LIMIT,
		cancelSignal: stop,
		...(stdin === undefined ? {stdin: 'ignore' as const} : {input: stdin}),
	});
	stop.addEventListener('abort', () => {
		// A child that left the process group may hold our end of its output open for ever.
		setTimeout(() => [child.stdout, child.stderr].map(stream => stream.destroy()), KILL_AFTER_MS + LAST_WORDS_MS).unref();
	});
	const result = await child.finally(done);
	const ms = Math.round(performance.now() - started);
	if (result.isCanceled) {
		// Whoever of the group ignored SIGTERM and had other output.
		child.kill('SIGKILL');
		const why = signal?.aborted ? `was stopped after ${ms} ms: ${String(signal.reason)}` : `did not end within ${timeoutMs} ms`;
		throw new TransportError(`${what} ${why}${tail(result.stderr)}`, {cause: signal?.aborted ? signal.reason : result});
	}

	const exitCode = result.exitCode ?? (result.signal === undefined ? undefined : 128 + constants.signals[result.signal]);
	if (exitCode === undefined || result.isMaxBuffer) {
		throw new TransportError(`${what} cannot be run: ${result.originalMessage ?? result.shortMessage}`, {cause: result});
	}

	return {argv, where, exitCode, stdout: result.stdout, stderr: result.stderr, ms};
};
