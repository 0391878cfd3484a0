import {constants} from 'node:fs';
import {access, readdir, readFile, readlink, statfs} from 'node:fs/promises';
import {totalmem} from 'node:os';
import {delimiter, dirname, join} from 'node:path';
import type {Support, Target} from '../../lib/target.ts';
import {hierarchies} from './machine/cgroup.ts';
import {obstacles, topGroup} from './machine/controllers.ts';
import go from './parts/go.ts';

const GIB = 2 ** 30;
/** A first build: Go caches 5 GiB, programs 0.7, images 0.7, file system 0.5, a cluster 0.3. */
const COLD_DISK_GIB = 9;
/** A cluster of four Nodes whose parts are there: its disks are links, what grows is logs. */
const WARM_DISK_GIB = 1;
const MEMORY_GIB = 3;
/** Measured with 3 workers: 49 in all. */
const INOTIFY_NODE = 10;
const INOTIFY_CONTROL_PLANE = 14;

/** Program → Debian package that has it. */
const PROGRAMS: Readonly<Record<string, string>> = {
	'apt-get': 'apt', 'dpkg-deb': 'dpkg', tar: 'tar', chroot: 'coreutils', cp: 'coreutils', sync: 'coreutils', find: 'findutils',
	ip: 'iproute2', mount: 'mount', nsenter: 'util-linux', setpriv: 'util-linux', pivot_root: 'util-linux', unshare: 'util-linux',
};

const reachable = async (path: string, mode: number): Promise<boolean> => access(path, mode).then(() => true, () => false);

const onPath = async (program: string): Promise<boolean> => {
	const found = await Promise.all((process.env['PATH'] ?? '').split(delimiter).map(async dir => reachable(join(dir, program), constants.X_OK)));
	return found.includes(true);
};

const missingPrograms = async (): Promise<readonly string[]> => {
	const names = Object.keys(PROGRAMS);
	const there = await Promise.all(names.map(async name => onPath(name)));
	return names.filter((_, index) => !there[index]).map(name => `${name} is not on the PATH: apt-get install ${PROGRAMS[name]}`);
};

const hasFileSystem = async (name: string): Promise<boolean> => {
	if ((await readFile('/proc/filesystems', 'utf8')).includes(`\t${name}\n`)) return true;
	const release = (await readFile('/proc/sys/kernel/osrelease', 'utf8')).trim();
	return reachable(`/lib/modules/${release}/kernel/fs/${name}fs`, constants.R_OK);
};

const existingParent = async (path: string): Promise<string> => (await reachable(path, constants.F_OK)) ? path : existingParent(dirname(path));

const missingRoom = async (cache: string): Promise<readonly string[]> => {
	const place = await existingParent(cache);
	const {bavail, bsize} = await statfs(place);
	const free = bavail * bsize / GIB;
	const warm = (await readdir(join(cache, 'containerd')).catch(() => [])).length > 0;
	const needed = warm ? WARM_DISK_GIB : COLD_DISK_GIB;
	return free < needed ? [`${place} has ${free.toFixed(1)} GiB free, ${needed} are needed${warm ? '' : ' for the first build'}: make room, or set XDG_CACHE_HOME to a larger disk`] : [];
};

/** Everything that is missing, a line each; looks only. */
const missing = async (target: Target, cache: string): Promise<readonly string[]> => {
	if (process.platform !== 'linux') return [`this is ${process.platform}: the embedded cluster's nodes are Linux namespaces`];
	if (process.getuid?.() !== 0) return ['it needs root, to make namespaces and mounts: run it with sudo, or as root'];
	const groups = await hierarchies();
	const closed = (await Promise.all(groups.map(async ({mountPoint}) => (await reachable(mountPoint, constants.W_OK)) ? [] : [mountPoint]))).flat();
	return [
		...await missingPrograms(),
		...await go.missing(),
		...(await hasFileSystem('overlay') ? [] : ['the kernel has no overlay file system (CONFIG_OVERLAY_FS)']),
		...(target.family === 'ipv4' || await reachable('/proc/sys/net/ipv6', constants.F_OK) ? [] : ['the kernel has no IPv6 (booted with ipv6.disable=1?), which family dual needs']),
		...(groups.length > 0 ? [] : ['no cgroup hierarchy is mounted: mount -t cgroup2 none /sys/fs/cgroup']),
		...(await Promise.all(groups.filter(({version}) => version === 2).map(async ({mountPoint}) => obstacles(await topGroup(mountPoint))))).flat(),
		...closed.map(path => `${path} cannot be written: in a container, give it its cgroups (--privileged --cgroupns=private)`),
		...(totalmem() / GIB < MEMORY_GIB ? [`this machine has ${(totalmem() / GIB).toFixed(1)} GiB of memory, ${MEMORY_GIB} are needed`] : []),
		...await missingRoom(cache),
		...await missingInotify(target),
	];
};

const numberIn = async (path: string): Promise<number> => Number(await readFile(path, 'utf8'));

/** inotify instances that are open now, of all processes. */
const inotifyInUse = async (): Promise<number> => {
	const pids = (await readdir('/proc')).filter(name => /^\d+$/.test(name));
	const counts = await Promise.all(pids.map(async pid => {
		const files = await readdir(`/proc/${pid}/fd`).catch(() => []);
		const links = await Promise.all(files.map(async file => readlink(`/proc/${pid}/fd/${file}`).catch(() => '')));
		return links.filter(link => link === 'anon_inode:inotify').length;
	}));
	return counts.reduce((sum, count) => sum + count, 0);
};

/** kube-proxy ends with "too many open files" when it gets no inotify instance; kubelet, containerd and the control plane take theirs first. */
const missingInotify = async ({workers}: Target): Promise<readonly string[]> => {
	const limit = await numberIn('/proc/sys/fs/inotify/max_user_instances');
	const used = await inotifyInUse();
	const needed = INOTIFY_CONTROL_PLANE + INOTIFY_NODE * (workers + 1);
	return used + needed > limit ? [`fs.inotify.max_user_instances is ${limit}, ${used} are in use and this cluster needs ${needed}: sysctl -w fs.inotify.max_user_instances=1024`] : [];
};

/** What of a target this provider cannot do, whatever the machine. */
const unsupported = ({mode}: Target): readonly string[] => [
	...(mode === 'ipvs' ? ['mode ipvs needs nodes whose kernel has IPVS, which this provider does not have yet'] : []),
];

/** Can a cluster of this kind be made here? `why` has a line for each reason against it. */
export const preflight = async (target: Target, cache: string): Promise<Support> => {
	const reasons = [...unsupported(target), ...await missing(target, cache)];
	return reasons.length === 0 ? {ok: true, how: 'nodes are namespaces of this host; no container engine, no registry'} : {ok: false, why: reasons.join('\n')};
};
