import {glob, readdir, readFile, readlink} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import type {Target} from '../../lib/target.ts';
import {kernelOf} from './kernels/kernels.ts';
import {CLUSTER_GROUP, hierarchies, processesIn} from './machine/cgroup.ts';

/** Measured with 3 workers: 49 in all. */
const OF_NODE = 10;
const OF_CONTROL_PLANE = 14;

/** inotify instances that a cluster takes once it is up, by the names of its machines. */
export const inotifyOf = (machines: readonly string[]): number =>
	machines.reduce(
		(sum, name) => sum + (name === 'api' ? OF_CONTROL_PLANE : name === 'control-plane' || name.startsWith('worker-') ? OF_NODE : 0),
		0,
	);

const openBy = async (pid: string): Promise<number> => {
	const files = await readdir(`/proc/${pid}/fd`).catch(() => []);
	const links = await Promise.all(files.map(async file => readlink(`/proc/${pid}/fd/${file}`).catch(() => '')));
	return links.filter(link => link === 'anon_inode:inotify').length;
};

/**
 * inotify instances that are taken: those that are open now by programs that are no cluster's, and for each cluster that has begun to boot
 * as many as it will have in the end, as two that come up side by side must not both count on the same ones.
 */
const inotifyTaken = async (): Promise<number> => {
	const [first] = await hierarchies();
	const groups = first ? (await readdir(first.mountPoint)).filter(name => name.startsWith(CLUSTER_GROUP)) : [];
	const clusters = await Promise.all(
		groups.map(async group => {
			// A machine with a kernel of its own has no group of this name: it takes none of the host's.
			const inside = await Array.fromAsync(glob('*/inside/cgroup.procs', {cwd: join(first?.mountPoint ?? '', group)}));
			return {
				need: inotifyOf(inside.map(path => dirname(dirname(path)))),
				pids: await processesIn(group.slice(CLUSTER_GROUP.length)),
			};
		}),
	);
	const theirs = new Set(clusters.flatMap(({pids}) => pids.map(String)));
	const others = (await readdir('/proc')).filter(name => /^\d+$/.test(name) && !theirs.has(name));
	const open = await Promise.all(others.map(async pid => openBy(pid)));
	return [...open, ...clusters.map(({need}) => need)].reduce((sum, count) => sum + count, 0);
};

/**
 * kube-proxy ends with "too many open files" when it gets no inotify instance; kubelet, containerd and the control plane take theirs first.
 * A line with what to do, or none.
 */
export const missingInotify = async ({workers, nodeKernel}: Pick<Target, 'workers' | 'nodeKernel'>): Promise<readonly string[]> => {
	const limit = Number(await readFile('/proc/sys/fs/inotify/max_user_instances', 'utf8'));
	const taken = await inotifyTaken();
	// A node with a kernel of its own takes none of this one's.
	const nodes = kernelOf(nodeKernel).isHosts
		? ['control-plane', ...Array.from({length: workers}, (_, index) => `worker-${index + 1}`)]
		: [];
	const needed = inotifyOf(['api', ...nodes]);
	return taken + needed > limit
		? [
				`fs.inotify.max_user_instances is ${limit}, ${taken} are taken and this cluster needs ${needed}: sysctl -w ` +
					'fs.inotify.max_user_instances=1024',
			]
		: [];
};
