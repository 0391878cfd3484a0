import {createConnection} from 'node:net';
import type {Socket} from 'node:net';
import {TransportError} from '../shell/shell.ts';
import type {Locks} from './check.ts';

/** An abstract socket is written `@name` where a NUL cannot be (environment, messages). */
export const socketPath = (path: string): string => path.replace(/^@/, '\0');

/**
 * Waits until this check may run: alone on its target where it said so, beside the others otherwise (each uses `cluster`).
 * Answers how to give the locks back. Throws TransportError when the run that serves them is gone, the signal's reason when it aborts.
 */
export const acquireLocks = async (
	path: string,
	target: string,
	{exclusive = [], uses = []}: Locks,
	signal: AbortSignal,
): Promise<() => void> => {
	signal.throwIfAborted();
	const socket = createConnection(socketPath(path));
	const shared = exclusive.includes('cluster') ? uses : [...uses, 'cluster'];
	try {
		await granted(socket, path, {target, exclusive, shared}, signal);
	} catch (error) {
		socket.destroy();
		throw error;
	}
	// The connection is the lock. That its server ends while we hold it is for watchParent() to act on.
	socket.on('error', () => socket.destroy());
	socket.unref();
	return () => socket.destroy();
};

type Claim = {
	readonly target: string;
	readonly exclusive: readonly string[];
	readonly shared: readonly string[];
};

const granted = (socket: Socket, path: string, claim: Claim, signal: AbortSignal): Promise<void> =>
	new Promise((resolve, reject) => {
		const lost = (cause?: unknown): void =>
			reject(
				new TransportError(
					`waiting for the locks ${JSON.stringify(claim.exclusive)} at ${path}: the run that serves them is gone`,
					{cause},
				),
			);
		const onAbort = (): void => reject(signal.reason as Error);
		signal.addEventListener('abort', onAbort, {once: true});
		socket
			.once('error', lost)
			.once('close', () => lost())
			.once('data', () => {
				signal.removeEventListener('abort', onAbort);
				socket.removeAllListeners('error').removeAllListeners('close');
				resolve();
			});
		socket.write(`${JSON.stringify(claim)}\n`);
	});

/** Calls back when the run that started this process is gone, however it ended: checks must not go on without it. */
export const watchParent = (path: string, gone: () => void): void => {
	const socket = createConnection(socketPath(path));
	socket.on('error', () => socket.destroy()).on('close', gone);
	socket.unref();
};
