import {execInContainer, type ContainerRef} from '../kube-exec.ts';
import {messageOf} from '../usage.ts';
import {couldNotEnter} from './enter.ts';
import {remoteShell} from './remote.ts';
import {TransportError, type Said, type Shell} from './shell.ts';

/** What runc says (by kubelet) of a program that the container does not have. */
const couldNotStart = ({exitCode, stdout, stderr}: Said): string | undefined =>
	[126, 127].includes(exitCode) && stdout === '' && /OCI runtime exec failed|executable file not found/.test(stderr)
		? stderr.trim()
		: undefined;

/**
 * A shell in a container by the API server's exec. Variables go by the program `env`, which the container must have for that; empty ones
 * are left out, as the container's own environment is used.
 * `prefix` is put before every command (nsenter, where the container leads to its node). What is stopped loses its streams; a program
 * that reads and writes none may stay.
 */
export const apiShell = (
	kubeconfig: string,
	container: ContainerRef,
	where: string,
	{prefix = [], context}: {readonly prefix?: readonly string[] | undefined; readonly context?: string | undefined} = {},
): Shell =>
	remoteShell(
		where,
		async (argv, {env}) => {
			const variables = Object.entries(env)
				.filter(([, value]) => value !== '')
				.map(([name, value]) => `${name}=${value}`);
			const setting = variables.length === 0 ? [] : ['env', ...variables];
			try {
				const {drop, ...program} = await execInContainer(kubeconfig, container, [...prefix, ...setting, ...argv], context);
				return {...program, kill: drop};
			} catch (cause) {
				throw new TransportError(`${where}: no exec in pod ${container.namespace}/${container.pod}: ${messageOf(cause)}`, {cause});
			}
		},
		result => couldNotStart(result) ?? couldNotEnter(result),
	);
