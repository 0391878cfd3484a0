import {mkdir, readFile, readdir, rmdir, writeFile} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import {giveControllers} from './controllers.ts';

/** One cgroup hierarchy of this host. `options` are what a machine mounts it with (version 1 only). */
export type Hierarchy = {
	readonly mountPoint: string;
	readonly version: 1 | 2;
	readonly options: string;
};

/**
 * Reads the hierarchies from the text of /proc/self/mountinfo (proc(5)): all of version 1, or the one of version 2 (which may be mounted
 * more than once) where that is all there is.
 */
export const parseHierarchies = (mountinfo: string): readonly Hierarchy[] => {
	const found = mountinfo.split('\n').flatMap((line): Hierarchy[] => {
		const [before, after] = line.split(' - ');
		const mountPoint = before?.split(' ')[4];
		const [type, , superOptions] = after?.split(' ') ?? [];
		if (!mountPoint || (type !== 'cgroup' && type !== 'cgroup2')) return [];
		if (type === 'cgroup2') return [{mountPoint, version: 2, options: ''}];
		const options = (superOptions ?? '')
			.split(',')
			.filter(option => !['rw', 'ro', 'xattr', 'clone_children', 'noprefix'].includes(option) && !option.startsWith('release_agent='))
			.join(',');
		return [{mountPoint, version: 1, options}];
	});
	const first = found.filter(hierarchy => hierarchy.version === 1);
	return first.length > 0 ? first : found.slice(0, 1);
};

export const hierarchies = async (): Promise<readonly Hierarchy[]> => parseHierarchies(await readFile('/proc/self/mountinfo', 'utf8'));

/** What the names of all our groups begin with. */
export const CLUSTER_GROUP = 'vipcheck-';

/** All groups of one cluster lie below this one, in every hierarchy. */
const groupOf = (id: string): string => `${CLUSTER_GROUP}${id}`;

/** A version 1 cpuset group takes no process before it has processors and memory nodes: copy its parent's. */
const fillCpuset = async (parent: string, group: string): Promise<void> => {
	for (const file of ['cpuset.cpus', 'cpuset.mems']) await writeFile(join(group, file), await readFile(join(parent, file), 'utf8'));
};

type GroupName = 'keeper' | 'inside';

/**
 * Makes a machine's groups in every hierarchy. Returns their cgroup.procs files: `inside` for the machine itself, `keeper` for the process
 * that keeps it, which in the same group would keep the machine from passing controllers on to its pods (version 2). A machine with a
 * kernel of its own has no `inside`.
 */
export const makeGroups = async (
	id: string,
	machine: string,
	names: readonly GroupName[] = ['keeper', 'inside'],
): Promise<Readonly<Record<GroupName, readonly string[]>>> => {
	const all = await hierarchies();
	for (const {mountPoint, version, options} of all) {
		const [cluster, whole] = [join(mountPoint, groupOf(id)), join(mountPoint, groupOf(id), machine)];
		const parts = names.map(name => join(whole, name));
		for (const part of parts) await mkdir(part, {recursive: true});
		if (version === 2) await giveControllers([mountPoint, cluster, whole]);
		else if (options.split(',').includes('cpuset'))
			for (const group of [cluster, whole, ...parts]) await fillCpuset(dirname(group), group);
	}
	const files = (part: GroupName): readonly string[] =>
		all.map(({mountPoint}) => join(mountPoint, groupOf(id), machine, part, 'cgroup.procs'));
	return {keeper: files('keeper'), inside: files('inside')};
};

/** A shell line that enters the groups whose files are in this variable. 0 is the writer itself, in any pid namespace. */
export const enter = (variable: string): string => `for file in $${variable}; do echo 0 > "$file" || exit; done`;

const removeTree = async (group: string): Promise<void> => {
	for (const entry of await readdir(group, {withFileTypes: true})) if (entry.isDirectory()) await removeTree(join(group, entry.name));
	await rmdir(group);
};

/** Every group of a cluster, or of one machine, that still exists, as its top directories. */
export const groupsLeft = async (id: string, machine = ''): Promise<readonly string[]> => {
	const all = (await hierarchies()).map(({mountPoint}) => join(mountPoint, groupOf(id), machine));
	const there = await Promise.all(
		all.map(async path =>
			readdir(path).then(
				() => true,
				() => false,
			),
		),
	);
	return all.filter((_, index) => there[index]);
};

/** Processes in any group of the cluster, or of one machine (pids of this host). */
export const processesIn = async (id: string, machine?: string): Promise<readonly number[]> => {
	const pids = new Set<number>();
	const walk = async (group: string): Promise<void> => {
		const text = await readFile(join(group, 'cgroup.procs'), 'utf8').catch(() => '');
		for (const pid of text.split('\n')) if (pid && pid !== '0') pids.add(Number(pid));
		for (const entry of await readdir(group, {withFileTypes: true}).catch(() => []))
			if (entry.isDirectory()) await walk(join(group, entry.name));
	};
	for (const group of await groupsLeft(id, machine)) await walk(group);
	return [...pids];
};

/** Removes all groups of a cluster, or of one machine, whose processes have ended. Throws the kernel's error when one is still busy. */
export const removeGroups = async (id: string, machine?: string): Promise<void> => {
	for (const group of await groupsLeft(id, machine)) await removeTree(group);
};

/** What boot.sh mounts in a machine: one line for each version 1 hierarchy. */
export const hierarchyLines = async (): Promise<string> =>
	(await hierarchies())
		.filter(({version}) => version === 1)
		.map(({options}) => `${options}\n`)
		.join('');
