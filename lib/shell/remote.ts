import {once} from 'node:events';
import {PassThrough, type Readable, type Writable} from 'node:stream';
import {finished} from 'node:stream/promises';
import {setTimeout as delay} from 'node:timers/promises';
import {CONVERSATION_END_MS, LAST_WORDS_MS} from '../limits.ts';
import {messageOf} from '../usage.ts';
import {linesOf, STDERR_KEPT} from './conversation.ts';
import {OUTPUT_LIMIT, stopper} from './program.ts';
import {brief, tail} from './quote.ts';
import {TransportError, type Conversation, type Said, type Shell} from './shell.ts';

/** How a program on the far side of a connection ended. */
type RemoteEnd = {readonly exitCode: number | undefined; readonly signal?: string | undefined};

/** A program on the far side of a connection: its streams, and no process of ours. */
export type RemoteProcess = {
	readonly stdin: Writable;
	readonly stdout: Readable;
	readonly stderr: Readable;
	/** Rejects when the connection was lost before the far side said how the program ended. */
	readonly ended: Promise<RemoteEnd>;
	/** Ends the program, with whatever it started, as far as the far side lets us. */
	kill(): void;
};

/** Starts a program on the far side. Throws TransportError when that cannot be done. */
export type StartRemote = (
	argv: readonly string[],
	options: {readonly env: Readonly<Record<string, string>>; readonly signal: AbortSignal},
) => Promise<RemoteProcess>;

/** SIGNAL → 128 + its number, as a shell counts it (signal(7)). */
const SIGNALS: Readonly<Record<string, number>> = {HUP: 1, INT: 2, QUIT: 3, ABRT: 6, KILL: 9, SEGV: 11, PIPE: 13, ALRM: 14, TERM: 15};

const exitCodeOf = ({exitCode, signal}: RemoteEnd): number | undefined =>
	exitCode ?? (signal === undefined ? undefined : 128 + (SIGNALS[signal.replace(/^SIG/, '')] ?? 0));

const collect = (stream: Readable, overflow: () => void): (() => string) => {
	const chunks: Buffer[] = [];
	let size = 0;
	stream.on('data', (chunk: Buffer) => {
		size += chunk.length;
		if (size > OUTPUT_LIMIT) overflow();
		else chunks.push(chunk);
	});
	return () => Buffer.concat(chunks).toString('utf8');
};

const whenAborted = async (signal: AbortSignal): Promise<'stopped'> => {
	if (!signal.aborted) await once(signal, 'abort');
	return 'stopped';
};

/**
 * A shell whose programs run on the far side of a connection. `refusal`: finds in a result that the far side could not start the
 * program at all.
 */
export const remoteShell = (where: string, start: StartRemote, refusal: (result: Said) => string | undefined = () => undefined): Shell => ({
	where,
	async run(argv, {stdin, timeoutMs, signal, env = {}} = {}) {
		const what = `${where}: \`${brief(argv)}\``;
		if (signal?.aborted) throw new TransportError(`${what} was not started: ${String(signal.reason)}`, {cause: signal.reason});
		const startedAt = performance.now();
		const {stop, done} = stopper(timeoutMs, signal);
		const spent = (): number => Math.round(performance.now() - startedAt);
		const stopped = (said: string): TransportError => {
			const why = signal?.aborted
				? `was stopped after ${spent()} ms: ${String(signal.reason)}`
				: `did not end within ${timeoutMs} ms`;
			return new TransportError(`${what} ${why}${tail(said)}`, {cause: signal?.reason});
		};
		try {
			const program = await start(argv, {env, signal: stop}).catch((error: unknown) => {
				throw stop.aborted ? stopped('') : error;
			});
			const overflow = Promise.withResolvers<'too much'>();
			const stdout = collect(program.stdout, () => overflow.resolve('too much'));
			const stderr = collect(program.stderr, () => overflow.resolve('too much'));
			// A program need not read its input.
			program.stdin.on('error', () => undefined).end(stdin);
			const all = Promise.all([program.ended, finished(program.stdout), finished(program.stderr)]).then(([end]) => end);
			all.catch(() => undefined);
			const end = await Promise.race([all, whenAborted(stop), overflow.promise]).catch((cause: unknown) => {
				throw new TransportError(`${what} was lost after ${spent()} ms: ${messageOf(cause)}${tail(stderr())}`, {
					cause,
				});
			});
			if (typeof end === 'string') {
				program.kill();
				throw end === 'stopped' ? stopped(stderr()) : new TransportError(`${what} says more than ${OUTPUT_LIMIT / 2 ** 20} MiB`);
			}
			const exitCode = exitCodeOf(end);
			if (exitCode === undefined) throw new TransportError(`${what}: the far side did not say how it ended${tail(stderr())}`);
			const result = {argv, where, exitCode, stdout: stdout(), stderr: stderr(), ms: spent()};
			const why = refusal(result);
			if (why !== undefined) throw new TransportError(`${what} was not run: ${why}`, {cause: result});
			return result;
		} finally {
			done();
		}
	},
	converse: (argv, {env = {}, signal} = {}) => converseRemote(where, argv, start, env, signal),
});

const converseRemote = (
	where: string,
	argv: readonly string[],
	start: StartRemote,
	env: Readonly<Record<string, string>>,
	signal: AbortSignal | undefined,
): Conversation => {
	const {stop, done} = stopper(undefined, signal);
	const input = new PassThrough();
	const output = new PassThrough();
	input.on('error', () => undefined);
	let stderr = '';
	let gone: {exitCode: number | undefined; signal: string | undefined} | undefined;
	let program: RemoteProcess | undefined;
	const watch = async (): Promise<Awaited<Conversation['ended']>> => {
		try {
			program = await start(argv, {env, signal: stop});
			stop.addEventListener('abort', () => program?.kill());
			program.stderr.setEncoding('utf8').on('data', chunk => {
				stderr = (stderr + String(chunk)).slice(-STDERR_KEPT);
			});
			program.stdin.on('error', () => undefined);
			input.pipe(program.stdin);
			program.stdout.pipe(output);
			const end = await program.ended;
			gone = {exitCode: end.exitCode, signal: end.signal};
			await Promise.race([finished(program.stderr).catch(() => undefined), delay(LAST_WORDS_MS, undefined, {ref: false})]);
		} catch (error) {
			gone = {exitCode: undefined, signal: undefined};
			stderr += messageOf(error);
			output.end();
		} finally {
			done();
		}
		return {...(gone as NonNullable<typeof gone>), stderr};
	};
	const ended = watch();
	return {
		where,
		pid: undefined,
		send(line) {
			if (gone)
				throw new TransportError(
					`${where}: \`${brief(argv)}\` has ended (${gone.signal ?? `exit code ${gone.exitCode}`})${tail(stderr)}`,
				);
			input.write(`${line}\n`);
		},
		lines: linesOf(output),
		ended,
		async close() {
			input.end();
			const inTime = new AbortController();
			await Promise.race([ended, delay(CONVERSATION_END_MS, undefined, {signal: inTime.signal}).catch(() => undefined)]);
			inTime.abort();
			if (!gone) program?.kill();
			await Promise.race([ended, delay(CONVERSATION_END_MS)]);
			output.destroy();
			// Whose reader has gone is never at its end, and keeps its channel.
			for (const stream of [program?.stdout, program?.stderr]) stream?.resume();
		},
	};
};
