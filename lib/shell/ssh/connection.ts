import {randomBytes} from 'node:crypto';
import {setTimeout as delay} from 'node:timers/promises';
import type {ClientChannel} from 'ssh2';
import {SSH_END_MS} from '../../limits.ts';
import type {AccessOf} from '../transport.ts';
import {messageOf} from '../../usage.ts';
import {endMarked, MARK} from '../marked.ts';
import {quote} from '../quote.ts';
import type {RemoteProcess, StartRemote} from '../remote.ts';
import {TransportError, type Said} from '../shell.ts';
import {hostName} from './connect.ts';
import {openLine, type Line} from './line.ts';
import {seats} from './seats.ts';

/** A server lets ten sessions share a connection unless it is told otherwise (sshd_config(5), MaxSessions). */
const CHANNELS = 8;

/** One connection to one host, made when it is first needed and again after it was lost. */
export type Connection = {
	readonly start: StartRemote;
	close(): Promise<void>;
};

/** The command line that a login shell gets. The mark finds the program again when it must be ended. */
const commandLine = (argv: readonly string[], env: Readonly<Record<string, string>>, mark: string, sudo: boolean): string => {
	const variables = Object.entries({LC_ALL: 'C', ...env, [MARK]: mark}).map(([name, value]) => `${name}=${value}`);
	return quote([...(sudo ? ['sudo', '-n', '--'] : []), 'env', ...variables, ...argv]);
};

/** What sudo, env and the login shell say when a program was not started. */
export const couldNotStart = ({exitCode, stdout, stderr}: Said): string | undefined => {
	if (stdout !== '') return undefined;
	const line = stderr.trim();
	if (exitCode === 1 && /^sudo: .*(password|askpass|tty|terminal)/m.test(line))
		return `sudo wants a password, and has to do without (sudo -n): ${line}`;
	if (exitCode === 1 && /^(sudo: .*(not in the sudoers|may not run)|Sorry, user)/m.test(line)) return `sudo does not allow it: ${line}`;
	if (exitCode === 127 && /sudo:? .*not found/.test(line)) return `there is no sudo: ${line}`;
	return [126, 127].includes(exitCode) && /^env: /m.test(line) ? line : undefined;
};

/** A program's channel, how it ended, and when the server has its session free again. */
type Session = {
	readonly channel: ClientChannel;
	readonly ended: RemoteProcess['ended'];
	readonly closed: Promise<void>;
};

/** To be called as soon as there is a channel: how a short program ended may come along with the answer that it was started. */
const follow = (channel: ClientChannel, lost: AbortSignal, where: string): Session => {
	const ended = Promise.withResolvers<Awaited<RemoteProcess['ended']>>();
	const closed = Promise.withResolvers<void>();
	const gone = (): void => {
		ended.reject(new TransportError(`${where}: the connection is gone`));
		closed.resolve();
		for (const stream of [channel, channel.stderr]) stream.destroy();
	};
	channel
		.once('exit', (code: number | null, killedBy?: string) => ended.resolve({exitCode: code ?? undefined, signal: killedBy}))
		.once('close', () => {
			lost.removeEventListener('abort', gone);
			ended.reject(new TransportError(`${where}: the session ended without saying how`));
			closed.resolve();
		});
	lost.addEventListener('abort', gone);
	ended.promise.catch(() => undefined);
	return {channel, ended: ended.promise, closed: closed.promise};
};

export const sshConnection = (access: AccessOf<'ssh'>): Connection => {
	const {sudo = false} = access;
	const where = hostName(access);
	const [takeSeat, takeLast] = [seats(CHANNELS - 1), seats(1)];
	let opened: Promise<Line> | undefined;

	const line = async (): Promise<Line> => {
		if (!opened) {
			const opening = openLine(access);
			opened = opening;
			const forget = (): void => {
				if (opened === opening) opened = undefined;
			};
			opening.then(({lost}) => lost.addEventListener('abort', forget), forget);
		}
		return opened;
	};
	const exec = async (command: string): Promise<Session> => {
		const {client, lost} = await line();
		return new Promise((resolve, reject) => {
			client.exec(command, (error, channel) => {
				if (error) reject(new TransportError(`${where}: no session: ${error.message}`, {cause: error}));
				else resolve(follow(channel, lost, where));
			});
		});
	};
	const end = async (mark: string): Promise<void> => {
		// A seat of its own: what is to be ended holds one of the others.
		const leave = await takeLast();
		try {
			const {channel, closed} = await exec(commandLine(endMarked(mark), {}, '', sudo));
			channel.resume().stderr.resume();
			await closed;
		} finally {
			leave();
		}
	};

	const start: StartRemote = async (argv, {env, signal}) => {
		const leave = await takeSeat();
		const mark = randomBytes(8).toString('hex');
		try {
			signal.throwIfAborted();
			const {channel, ended, closed} = await exec(commandLine(argv, env, mark, sudo));
			void closed.then(leave);
			const kill = (): void => {
				// A server does not end a program whose channel is closed (without a terminal it gets no hang-up), and counts its session
				// until it has reaped it: so the channel is the server's to close, unless it does not.
				end(mark)
					.then(async () => Promise.race([closed, delay(SSH_END_MS, undefined, {ref: false})]))
					.catch(() => undefined)
					.finally(() => {
						channel.close();
						// What nobody reads any more would keep it from closing.
						for (const stream of [channel, channel.stderr]) stream.resume();
					});
			};
			return {stdin: channel, stdout: channel, stderr: channel.stderr, ended, kill};
		} catch (error) {
			leave();
			throw error instanceof TransportError ? error : new TransportError(`${where}: ${messageOf(error)}`, {cause: error});
		}
	};
	return {
		start,
		async close() {
			const last = await (opened ?? Promise.resolve(undefined)).catch(() => undefined);
			await last?.close();
		},
	};
};
