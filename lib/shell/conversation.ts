import {execa} from 'execa';
import {once} from 'node:events';
import type {Readable} from 'node:stream';
import {finished} from 'node:stream/promises';
import {setTimeout as delay} from 'node:timers/promises';
import {CONVERSATION_END_MS, LAST_WORDS_MS} from '../limits.ts';
import {startOptions, type Program} from './program.ts';
import {brief, tail} from './quote.ts';
import {TransportError, type Conversation} from './shell.ts';

export const STDERR_KEPT = 16_384;

export async function* linesOf(stream: Readable): AsyncGenerator<string> {
	let rest = '';
	for await (const chunk of stream.setEncoding('utf8')) {
		const lines = (rest + String(chunk)).split('\n');
		rest = lines.pop() ?? '';
		yield* lines;
	}

	if (rest !== '') {
		yield rest;
	}
}

/** Starts a program that stays. When it cannot be started, `ended` says so and `send` throws. `lines` may be read once. */
export const startConversation = (
	program: Program,
	{env, signal}: {env?: Record<string, string>; signal?: AbortSignal} = {},
): Conversation => {
	const {where, argv} = program;
	const [file = '', ...args] = program.command;
	const child = execa(file, args, {
		...startOptions(program, env),
		buffer: false,
		stdin: 'pipe',
		...(signal === undefined ? {} : {cancelSignal: signal}),
	});
	let stderr = '';
	child.stderr.setEncoding('utf8').on('data', chunk => {
		stderr = (stderr + String(chunk)).slice(-STDERR_KEPT);
	});
	// A write to a program that is just ending fails later, with EPIPE; `ended` tells the caller.
	child.stdin.on('error', () => undefined);

	let gone: {exitCode: number | undefined; signal: string | undefined} | undefined;
	const lastWords = async () => {
		// A grandchild may hold the stream open: what has not come by then is given up.
		await Promise.race([finished(child.stderr).catch(() => undefined), delay(LAST_WORDS_MS, undefined, {ref: false})]);
		return stderr;
	};

	const watch = async () => {
		if (child.pid === undefined) {
			const result = await child;
			gone = {exitCode: undefined, signal: undefined};
			return {...gone, stderr: result.originalMessage ?? 'could not be started'};
		}

		const [exitCode, killedBy] = (await once(child.nodeChildProcess, 'exit')) as [number | null, string | null];
		gone = {exitCode: exitCode ?? undefined, signal: killedBy ?? undefined};
		return {...gone, stderr: await lastWords()};
	};

	const ended = watch();
	return {
		where,
		pid: child.pid,
		send(line) {
			if (gone || child.pid === undefined) {
				throw new TransportError(
					`${where}: \`${brief(argv)}\` has ended (${gone?.signal ?? `exit code ${gone?.exitCode}`})${tail(stderr)}`,
				);
			}

			child.stdin.write(`${line}\n`);
		},
		lines: linesOf(child.stdout),
		ended,
		async close() {
			child.stdin.end();
			const inTime = new AbortController();
			await Promise.race([ended, delay(CONVERSATION_END_MS, undefined, {signal: inTime.signal}).catch(() => undefined)]);
			inTime.abort();
			if (!gone) {
				child.kill();
			}

			await ended;
			child.kill('SIGKILL');
		},
	};
};
