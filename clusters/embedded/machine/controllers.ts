import {access, readFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';

/**
 * What kubelet and runc need of version 2: a pod with a CPU request is refused where there is no cpu.weight. All others are used where the
 * host has them on.
 */
const NEEDED = ['cpu', 'memory', 'pids'] as const;

/** The group of a version 2 mount point. */
export type TopGroup = {
	readonly mountPoint: string;
	/** Text of its cgroup.controllers and cgroup.subtree_control. */
	readonly available: string;
	readonly passedOn: string;
	/** Is this the kernel's own root? It alone may hold processes and pass controllers on. */
	readonly isRoot: boolean;
	readonly hasProcesses: boolean;
};

const words = (text: string): readonly string[] => text.trim().split(' ').filter(Boolean);

/** Needed controllers that the groups below do not have yet. */
const lacking = ({passedOn}: Pick<TopGroup, 'passedOn'>): readonly string[] => NEEDED.filter(name => !words(passedOn).includes(name));

/**
 * Why groups below this one cannot have the controllers that a Node needs, a line each, with what to do (cgroups(7), "no internal
 * processes").
 */
export const obstacles = (group: TopGroup): readonly string[] => {
	const {mountPoint, available, isRoot, hasProcesses} = group;
	const absent = lacking(group).filter(name => !words(available).includes(name));
	if (absent.length > 0)
		return [
			`${mountPoint} has no cgroup controller ${absent.join(', ')}: ` +
				(isRoot
					? 'is it in cgroup_disable of /proc/cmdline, or mounted as version 1?'
					: 'have it delegated to this container or unit (systemd: Delegate=yes)'),
		];
	return isRoot || !hasProcesses || lacking(group).length === 0
		? []
		: [
				`${mountPoint} holds processes, so the kernel lets it pass no controllers on: mkdir ${mountPoint}/init && for ` +
					`pid in $(cat ${mountPoint}/cgroup.procs); do echo $pid > ${mountPoint}/init/cgroup.procs; done`,
			];
};

/** Reads the group of a version 2 mount point. */
export const topGroup = async (mountPoint: string): Promise<TopGroup> => {
	const read = async (file: string): Promise<string> => readFile(join(mountPoint, file), 'utf8');
	return {
		mountPoint,
		available: await read('cgroup.controllers'),
		passedOn: await read('cgroup.subtree_control'),
		isRoot: await access(join(mountPoint, 'cgroup.type')).then(
			() => false,
			() => true,
		),
		hasProcesses: (await read('cgroup.procs')) !== '',
	};
};

const passOn = async (group: string, controllers: readonly string[]): Promise<void> => {
	if (controllers.length > 0) await writeFile(join(group, 'cgroup.subtree_control'), controllers.map(name => `+${name}`).join(' '));
};

/**
 * Lets every group of a path down from the mount point's pass controllers on: the needed ones and all that the mount point's passes on
 * anyway. What that one has to be told stays on after the cluster, as with every container engine: whoever came to use it meanwhile would
 * lose it.
 */
export const giveControllers = async ([mountPoint, ...groups]: readonly [string, ...string[]]): Promise<void> => {
	await passOn(mountPoint, lacking({passedOn: await readFile(join(mountPoint, 'cgroup.subtree_control'), 'utf8')}));
	for (const group of groups) await passOn(group, words(await readFile(join(group, 'cgroup.controllers'), 'utf8')));
};
