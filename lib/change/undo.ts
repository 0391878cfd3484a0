import {mkdir, readdir, readFile, rename, rm, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {UNDO_TIMEOUT_MS} from '../limits.ts';
import type {Machines} from '../shell/shells.ts';
import type {ClusterRef} from '../target.ts';
import {causesOf} from '../usage.ts';
import {carryOut, toolsOf, type Tools} from './carry-out.ts';
import {ChangeError, type Command} from './command.ts';

/**
 * What takes one change (a fault, a node that was cut off) out of a cluster, as it lies in `<cluster>/undo/<name>.json` from before the
 * change until it is taken back.
 */
export type PendingUndo = {
	readonly name: string;
	readonly check: string;
	readonly commands: readonly Command[];
};

const folderOf = (clusterDir: string): string => join(clusterDir, 'undo');
const fileOf = (clusterDir: string, name: string): string => join(folderOf(clusterDir), `${name}.json`);

/** Writes what will take a change back; whole or not at all. */
export const saveUndo = async (clusterDir: string, undo: PendingUndo): Promise<void> => {
	await mkdir(folderOf(clusterDir), {recursive: true});
	const file = fileOf(clusterDir, undo.name);
	await writeFile(`${file}.new`, JSON.stringify(undo, undefined, '\t'));
	await rename(`${file}.new`, file);
};

/** The changes that are still in, as far as the cluster's directory tells. */
export const pendingUndos = async (clusterDir: string): Promise<readonly PendingUndo[]> => {
	const names = await readdir(folderOf(clusterDir)).catch((error: NodeJS.ErrnoException) => {
		if (error.code === 'ENOENT') return [];
		throw error;
	});
	return Promise.all(
		names
			.filter(name => name.endsWith('.json'))
			.toSorted()
			.map(async name => JSON.parse(await readFile(join(folderOf(clusterDir), name), 'utf8')) as PendingUndo),
	);
};

/**
 * Takes one change back and then forgets its undo. Every command is tried, also after one that failed: a stopped kube-proxy must go on
 * whatever became of its rules. Throws ChangeError with all that went wrong; the undo then stays on disk.
 */
export const carryOutUndo = async (clusterDir: string, {name, commands}: PendingUndo, tools: Tools): Promise<void> => {
	const signal = AbortSignal.timeout(UNDO_TIMEOUT_MS);
	const errors: unknown[] = [];
	for (const command of commands) {
		try {
			await carryOut(command, tools, signal);
		} catch (error) {
			errors.push(error);
		}
	}
	if (errors.length > 0)
		throw new ChangeError(
			`${name} could not be taken out: ${errors.flatMap(error => causesOf(error)).join('; ')} (what is left to do: ` +
				`${fileOf(clusterDir, name)})`,
			{cause: errors[0]},
		);
	await rm(fileOf(clusterDir, name), {force: true});
};

/** Takes back all changes that an earlier run left in a cluster; answers their names. Throws ChangeError for those that stay. */
export const undoAll = async (cluster: Pick<ClusterRef, 'dir'> & Machines): Promise<readonly string[]> => {
	const pending = await pendingUndos(cluster.dir);
	if (pending.length === 0) return [];
	const tools = await toolsOf(cluster);
	const errors: unknown[] = [];
	try {
		for (const undo of pending) await carryOutUndo(cluster.dir, undo, tools).catch((error: unknown) => errors.push(error));
	} finally {
		await tools.shells.close();
	}
	if (errors.length > 0) throw new ChangeError(errors.flatMap(error => causesOf(error)[0] ?? []).join('\n'), {cause: errors[0]});
	return pending.map(({name}) => name);
};
