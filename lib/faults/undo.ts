import {mkdir, readdir, readFile, rename, rm, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {UNDO_TIMEOUT_MS} from '../limits.ts';
import type {ClusterRef} from '../target.ts';
import {causesOf} from '../usage.ts';
import {carryOut, toolsOf, type Tools} from './carry-out.ts';
import {FaultError, type Command} from './fault.ts';

/** What takes one fault out of a cluster, as it lies in `<cluster>/undo/<fault>.json` from before the injection until it is done. */
export type PendingUndo = {readonly fault: string; readonly check: string; readonly commands: readonly Command[]};

const folderOf = (clusterDir: string): string => join(clusterDir, 'undo');
const fileOf = (clusterDir: string, fault: string): string => join(folderOf(clusterDir), `${fault}.json`);

/** Writes what will take a fault out; whole or not at all. */
export const saveUndo = async (clusterDir: string, undo: PendingUndo): Promise<void> => {
	await mkdir(folderOf(clusterDir), {recursive: true});
	const file = fileOf(clusterDir, undo.fault);
	await writeFile(`${file}.new`, JSON.stringify(undo, undefined, '\t'));
	await rename(`${file}.new`, file);
};

/** The faults that are still in, as far as the cluster's directory tells. */
export const pendingUndos = async (clusterDir: string): Promise<readonly PendingUndo[]> => {
	const names = await readdir(folderOf(clusterDir)).catch((error: NodeJS.ErrnoException) => {
		if (error.code === 'ENOENT') return [];
		throw error;
	});
	return Promise.all(names.filter(name => name.endsWith('.json')).toSorted().map(async name => JSON.parse(await readFile(join(folderOf(clusterDir), name), 'utf8')) as PendingUndo));
};

/**
 * Takes one fault out and then forgets its undo. Every command is tried, also after one that failed: a stopped kube-proxy must go on
 * whatever became of its rules. Throws FaultError with all that went wrong; the undo then stays on disk.
 */
export const carryOutUndo = async (clusterDir: string, {fault, commands}: PendingUndo, tools: Tools): Promise<void> => {
	const signal = AbortSignal.timeout(UNDO_TIMEOUT_MS);
	const errors: unknown[] = [];
	for (const command of commands) {
		try {
			await carryOut(command, tools, signal);
		} catch (error) {
			errors.push(error);
		}
	}
	if (errors.length > 0) throw new FaultError(`${fault} could not be taken out: ${errors.flatMap(error => causesOf(error)).join('; ')} (what is left to do: ${fileOf(clusterDir, fault)})`, {cause: errors[0]});
	await rm(fileOf(clusterDir, fault), {force: true});
};

/** Takes out all faults that an earlier run left in a cluster; answers their ids. Throws FaultError for those that stay. */
export const undoAll = async (cluster: Pick<ClusterRef, 'dir' | 'kubeconfig' | 'nodes'>): Promise<readonly string[]> => {
	const pending = await pendingUndos(cluster.dir);
	if (pending.length === 0) return [];
	const tools = await toolsOf(cluster);
	const errors: unknown[] = [];
	for (const undo of pending) await carryOutUndo(cluster.dir, undo, tools).catch((error: unknown) => errors.push(error));
	if (errors.length > 0) throw new FaultError(errors.flatMap(error => causesOf(error)[0] ?? []).join('\n'), {cause: errors[0]});
	return pending.map(({fault}) => fault);
};
