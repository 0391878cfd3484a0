import {couldNotEnter} from '../enter.ts';
import type {PodWay} from './in-pod.ts';
import {brief} from '../quote.ts';
import {TransportError, type Shell} from '../shell.ts';

export type PodPlace = {
	/** For results and errors: `pod default/web-0 on worker-1`. */
	readonly where: string;
	/** As in the pod's status: `containerd://<64 hex>`. */
	readonly containerId: string;
};

const GONE = 'vipcheck: the container has ended';

/** The id without its runtime; throws TransportError for anything that is not one. */
const bareId = ({where, containerId}: PodPlace): string => {
	const id = /^(?:[\w.-]+:\/\/)?([\da-f]{64})$/.exec(containerId)?.[1];
	if (id === undefined) {
		throw new TransportError(`${where}: ${JSON.stringify(containerId)} is not a container id (the container has not started yet?)`);
	}

	return id;
};

/**
 * Pids of a container out of lines `/proc/PID/cgroup:HIERARCHY:CONTROLLERS:PATH`. Its cgroup is called ID (cgroupfs driver)
 * or RUNTIME-ID.scope (systemd driver), in every hierarchy (cgroup v1) or the one (v2); cgroups of its own may lie below.
 * CRI-O keeps the monitor of a container in crio-conmon-ID.scope: not the container.
 */
export const containerPids = (cgroups: string, id: string): readonly number[] => {
	const own = new RegExp(String.raw`^/proc/(\d+)/cgroup:.*/(?:(?!crio-conmon-)[\w.:-]+[:-])?${id}(?:\.scope)?(?:/|$)`);
	return [...new Set(cgroups.split('\n').map(line => Number(own.exec(line)?.[1])))].filter(pid => !Number.isNaN(pid));
};

/** The process that started first, out of the contents of /proc/PID/stat files: in a container that is its main process. */
export const oldest = (stats: string): number | undefined => {
	// pid (name) state …, start time is field 22; the name may hold spaces, brackets and line ends.
	const processes = [...stats.matchAll(/^(\d+) \([^]*?\) [A-Za-z] (?:-?\d+ ){18}(\d+)/gm)].map(([, pid, started]) => ({
		pid: Number(pid),
		started: Number(started),
	}));
	return processes.toSorted((a, b) => a.started - b.started || a.pid - b.pid)[0]?.pid;
};

const findMain = async (node: Shell, place: PodPlace, id: string): Promise<number> => {
	// -s: processes come and go. /dev/null makes grep write file names even when one file matches the pattern of the shell.
	const cgroups = await node.run(['sh', '-c', 'grep -s -F -e "$1" /proc/[0-9]*/cgroup /dev/null', 'sh', id]);
	const pids = containerPids(cgroups.stdout, id);
	if (pids.length === 0) {
		throw new TransportError(
			`${place.where}: no process of container ${id.slice(0, 12)} on ${node.where}: none of /proc/*/cgroup names it (it ` +
				'has ended, or runs on another node)',
		);
	}

	const stats = await node.run(['cat', ...pids.map(pid => `/proc/${pid}/stat`)]);
	const main = oldest(stats.stdout);
	if (main === undefined) {
		throw new TransportError(
			`${place.where}: the processes of container ${id.slice(0, 12)} on ${node.where} (${pids.join(', ')}) ended while ` +
				'they were looked at',
		);
	}

	return main;
};

/**
 * A shell inside a container of a pod, built on the shell of its node: enters the namespaces of the container's main
 * process. Sees the container's files, addresses and processes, but has neither its environment nor its cgroup.
 * The process is found once; each call makes sure that it is still the container's.
 */
export const podShell = async (node: Shell, place: PodPlace): Promise<Shell> => {
	const {where} = place;
	const id = bareId(place);
	const pid = String(await findMain(node, place, id));
	const enter = (argv: readonly string[]) => [
		'sh',
		'-c',
		`grep -q -s -F -e "$1" "/proc/$2/cgroup" || { echo "${GONE}" >&2; exit 125; }; pid=$2; shift 2; exec nsenter -t "$pid" ` +
			'-m -u -i -n -p -- "$@"',
		'sh',
		id,
		pid,
		...argv,
	];
	return {
		where,
		async run(argv, options) {
			const result = await node.run(enter(argv), options).catch((error: unknown) => {
				throw new TransportError(`${where}: \`${brief(argv)}\`: ${error instanceof Error ? error.message : String(error)}`, {
					cause: error,
				});
			});
			const why = result.exitCode === 125 && result.stderr.startsWith(GONE) ? result.stderr.trim() : couldNotEnter(result);
			if (why !== undefined) {
				throw new TransportError(`${where}: \`${brief(argv)}\` was not run: ${why}`, {cause: result});
			}

			return {...result, argv, where};
		},
		converse: (argv, options) => ({...node.converse(enter(argv), options), where}),
	};
};

/** By the shell of its node, past the API server. */
const byNode: PodWay = {
	name: 'the shell of its node',
	open: async (ref, {node}) => podShell(node(ref.node), ref),
};

export default byNode;
