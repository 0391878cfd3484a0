import {constants} from 'node:fs';
import {access, readdir, readFile, statfs} from 'node:fs/promises';
import {totalmem} from 'node:os';
import {delimiter, dirname, join} from 'node:path';
import {traitsOf} from '../../lib/model/modes/traits.ts';
import type {Target} from '../../lib/target.ts';
import type {Preflight} from '../provider.ts';
import {missingInotify} from './inotify.ts';
import {kernelOf} from './kernels/kernels.ts';
import {hierarchies} from './machine/cgroup.ts';
import {obstacles, topGroup} from './machine/controllers.ts';
import {chooseKernel, dearCallsOfHost, ipvsOfHost} from './node-kernel.ts';
import {hasBuiltKernel} from './parts/built-kernel.ts';
import {chooseParts, type PartsChoice} from './parts/choose.ts';
import type {Source} from './parts/source.ts';

const GIB = 2 ** 30;
/** A cluster of four Nodes whose parts are there: its disks are links, what grows is logs. */
const WARM_DISK_GIB = 1;
const MEMORY_GIB = 3;

/** Program → Debian package that has it. */
const PROGRAMS: Readonly<Record<string, string>> = {
	'apt-get': 'apt',
	'dpkg-deb': 'dpkg',
	tar: 'tar',
	chroot: 'coreutils',
	cp: 'coreutils',
	sync: 'coreutils',
	find: 'findutils',
	ip: 'iproute2',
	mount: 'mount',
	nsenter: 'util-linux',
	setpriv: 'util-linux',
	pivot_root: 'util-linux',
	unshare: 'util-linux',
};

const reachable = async (path: string, mode: number): Promise<boolean> =>
	access(path, mode).then(
		() => true,
		() => false,
	);

const onPath = async (program: string): Promise<boolean> => {
	const found = await Promise.all(
		(process.env['PATH'] ?? '').split(delimiter).map(async dir => reachable(join(dir, program), constants.X_OK)),
	);
	return found.includes(true);
};

const missingPrograms = async ({nodeKernel}: Target): Promise<readonly string[]> => {
	const programs = {...PROGRAMS, ...kernelOf(nodeKernel).programs};
	const names = Object.keys(programs);
	const there = await Promise.all(names.map(async name => onPath(name)));
	return names.filter((_, index) => !there[index]).map(name => `${name} is not on the PATH: apt-get install ${programs[name]}`);
};

const missingDevices = async ({nodeKernel}: Target): Promise<readonly string[]> => {
	const devices = Object.entries(kernelOf(nodeKernel).devices);
	const there = await Promise.all(devices.map(async ([path]) => reachable(path, constants.F_OK)));
	return devices.flatMap(([, why], index) => (there[index] ? [] : [why]));
};

const hasFileSystem = async (name: string): Promise<boolean> => {
	if ((await readFile('/proc/filesystems', 'utf8')).includes(`\t${name}\n`)) return true;
	const release = (await readFile('/proc/sys/kernel/osrelease', 'utf8')).trim();
	return reachable(`/lib/modules/${release}/kernel/fs/${name}fs`, constants.R_OK);
};

const existingParent = async (path: string): Promise<string> =>
	(await reachable(path, constants.F_OK)) ? path : existingParent(dirname(path));

const missingRoom = async ({nodeKernel}: Target, cache: string, source: Source): Promise<readonly string[]> => {
	const place = await existingParent(cache);
	const {bavail, bsize} = await statfs(place);
	const free = (bavail * bsize) / GIB;
	const warm = (await readdir(join(cache, 'containerd')).catch(() => [])).length > 0;
	const kernel = (await kernelOf(nodeKernel).own?.diskGib(cache)) ?? 0;
	const needed = (warm ? WARM_DISK_GIB : source.coldDiskGib) + kernel;
	return free < needed
		? [
				`${place} has ${free.toFixed(1)} GiB free, ${needed} are needed${warm ? '' : ' for the first cluster'}` +
					`${kernel > 0 ? ' with the building of a kernel' : ''}: make room, or set XDG_CACHE_HOME to a larger disk`,
			]
		: [];
};

/** Everything that is missing, a line each; looks only. */
const missing = async (target: Target, cache: string, {source, missing: missingParts}: PartsChoice): Promise<readonly string[]> => {
	if (process.platform !== 'linux') return [`this is ${process.platform}: the embedded cluster's nodes are Linux namespaces`];
	if (process.getuid?.() !== 0) return ['it needs root, to make namespaces and mounts: run it with sudo, or as root'];
	const groups = await hierarchies();
	const closed = (
		await Promise.all(groups.map(async ({mountPoint}) => ((await reachable(mountPoint, constants.W_OK)) ? [] : [mountPoint])))
	).flat();
	return [
		...(await missingPrograms(target)),
		...missingParts,
		...((await hasFileSystem('overlay')) ? [] : ['the kernel has no overlay file system (CONFIG_OVERLAY_FS)']),
		...(target.family === 'ipv4' || (await reachable('/proc/sys/net/ipv6', constants.F_OK))
			? []
			: ['the kernel has no IPv6 (booted with ipv6.disable=1?), which family dual needs']),
		...(groups.length > 0 ? [] : ['no cgroup hierarchy is mounted: mount -t cgroup2 none /sys/fs/cgroup']),
		...(
			await Promise.all(
				groups.filter(({version}) => version === 2).map(async ({mountPoint}) => obstacles(await topGroup(mountPoint))),
			)
		).flat(),
		...closed.map(path => `${path} cannot be written: in a container, give it its cgroups (--privileged --cgroupns=private)`),
		...(totalmem() / GIB < MEMORY_GIB
			? [`this machine has ${(totalmem() / GIB).toFixed(1)} GiB of memory, ${MEMORY_GIB} are needed`]
			: []),
		...(await missingDevices(target)),
		...(await missingRoom(target, cache, source)),
		...(await missingInotify(target)),
	];
};

/**
 * Can a cluster of this kind be made here? `why` has a line for each reason against it; the target then says where its parts come from and
 * which kernel its nodes run.
 */
export const preflight = async (target: Target, cache: string): Promise<Preflight> => {
	const kernel = chooseKernel(target, {
		ipvs: traitsOf(target.mode).needsIpvs ? await ipvsOfHost() : 'there',
		processor: process.arch,
		dearCalls: await dearCallsOfHost(),
		hasBuilt: await hasBuiltKernel(cache),
	});
	const parts = await chooseParts(target.parts, target.version, cache);
	const settled: Target = {...target, parts: parts.source.name, ...(kernel.ok && {nodeKernel: kernel.kernel})};
	const reasons = [...(kernel.ok ? [] : [kernel.why]), ...(await missing(settled, cache, parts))];
	if (!kernel.ok || reasons.length > 0) return {ok: false, why: reasons.join('\n')};
	const {workers} = kernelOf(kernel.kernel);
	return {
		ok: true,
		how: `${kernel.why}, no container engine; ${parts.why}`,
		target: settled,
		...(workers !== undefined && {workers}),
	};
};
