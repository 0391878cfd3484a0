import {PassThrough, type Readable, type Writable} from 'node:stream';
import {loadKubeconfig} from './kube.ts';
import {messageOf} from './usage.ts';

/** A container that runs. */
export type ContainerRef = {
	readonly namespace: string;
	readonly pod: string;
	readonly container: string;
};

/** A program that the API server (over kubelet) started in a container. */
export type ExecProcess = {
	readonly stdin: Writable;
	readonly stdout: Readable;
	readonly stderr: Readable;
	/** Rejects when the connection ended before the status came. */
	readonly ended: Promise<{readonly exitCode: number}>;
	/** Drops the connection, which closes the program's streams; that does not end a program which reads none. */
	drop(): void;
};

/** Not an exit code but a program that could not be started, or a stream that broke: what kubelet says. */
class ExecError extends Error {
	override name = 'ExecError';
}

type Status = {
	status?: string;
	message?: string;
	details?: {causes?: {reason?: string; message?: string}[]};
};

/**
 * The exit code of a status (k8s.io/apimachinery pkg/util/remotecommand/constants.go: NonZeroExitCodeReason, cause ExitCode). Throws
 * ExecError for anything else.
 */
const exitCodeOf = ({status, message, details}: Status): number => {
	if (status === 'Success') return 0;
	const code = Number(details?.causes?.find(({reason}) => reason === 'ExitCode')?.message);
	if (!Number.isInteger(code)) throw new ExecError(message ?? 'the API server does not say why');
	return code;
};

/**
 * Runs a program in a container by the API server's exec, as the kubeconfig's current (or the given) context. Throws what the connection
 * throws.
 */
export const execInContainer = async (
	kubeconfig: string,
	{namespace, pod, container}: ContainerRef,
	argv: readonly string[],
	context?: string,
): Promise<ExecProcess> => {
	const client = await import('@kubernetes/client-node');
	const config = new client.KubeConfig();
	loadKubeconfig(config, kubeconfig, context);
	const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
	const {promise: ended, resolve, reject} = Promise.withResolvers<{exitCode: number}>();
	ended.catch(() => undefined);
	const socket = await new client.Exec(config)
		.exec(namespace, pod, container, [...argv], stdout, stderr, stdin, false, status => {
			try {
				resolve({exitCode: exitCodeOf(status as Status)});
			} catch (error) {
				reject(error as Error);
			}
		})
		.catch((cause: unknown) => {
			// An ErrorEvent of the websocket is no Error.
			const {message = messageOf(cause)} = cause as {message?: string};
			throw new ExecError(`the API server does not start it: ${message}`, {cause});
		});
	socket.addEventListener('close', () => {
		for (const stream of [stdout, stderr]) stream.end();
		reject(new ExecError('the connection was closed before the end of the program was told'));
	});
	return {stdin, stdout, stderr, ended, drop: () => socket.close()};
};
