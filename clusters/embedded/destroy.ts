import {access, readdir, rm} from 'node:fs/promises';
import {join} from 'node:path';
import {onHost} from './host.ts';
import {hierarchies} from './machine/cgroup.ts';
import {directoriesOf} from './machine/directories.ts';
import {endMachines} from './machine/end.ts';
import {importerOf} from './parts/containerd.ts';

const PREFIX = 'vipcheck-';

const linkNames = async (): Promise<readonly string[]> =>
	(await onHost(['ip', '-o', 'link', 'show'])).split('\n').flatMap(line => /^\d+: ([^:@]+)/.exec(line)?.[1] ?? []);

/** Takes down what carries the cluster's id, whole or half: processes (with their namespaces), cgroups, the leg, the machines' files. */
export const destroyCluster = async (dir: string, id: string): Promise<void> => {
	await endMachines(id);
	const leg = `${PREFIX}${id}`;
	// The link ends with the other end's namespace, but the kernel takes its time over that.
	if ((await linkNames()).includes(leg))
		await onHost(['ip', 'link', 'delete', leg]).catch((error: Error) => {
			if (!/Cannot find device/.test(error.message)) throw error;
		});
	await rm(join(dir, 'machines'), {recursive: true, force: true});
	await rm(join(dir, 'kubeadm'), {recursive: true, force: true});
};

const isAlive = async (pid: number): Promise<boolean> =>
	access(`/proc/${pid}`).then(
		() => true,
		() => false,
	);

/** Does a directory tell of the cluster, if not one of this cache then of another? */
const isTold = async (id: string): Promise<boolean> => {
	const told = await Promise.all(
		(await directoriesOf(id)).map(async dir =>
			access(dir).then(
				() => true,
				() => false,
			),
		),
	);
	return told.includes(true);
};

/**
 * Ids of everything of ours that the host still has (cgroups, links) and that no directory tells of any more.
 * An import that is under way is not among them, nor is a cluster that lives in another cache.
 */
export const strayClusters = async (): Promise<readonly string[]> => {
	const groups = await Promise.all((await hierarchies()).map(async ({mountPoint}) => readdir(mountPoint)));
	const names = [...groups.flat(), ...(await linkNames())].filter(name => name.startsWith(PREFIX));
	const ids = [...new Set(names.map(name => name.slice(PREFIX.length)))];
	const wanted = await Promise.all(
		ids.map(async id => {
			const importer = importerOf(id);
			return importer === undefined ? isTold(id) : isAlive(importer);
		}),
	);
	return ids.filter((_, index) => !wanted[index]);
};
