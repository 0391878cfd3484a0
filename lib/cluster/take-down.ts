import {cp, rm} from 'node:fs/promises';
import {join} from 'node:path';
import type {Provider} from '../../clusters/provider.ts';
import {undoAll} from '../change/undo.ts';
import {DESTROY_TIMEOUT_MS} from '../limits.ts';
import type {ClusterRef} from '../target.ts';
import {causesOf} from '../usage.ts';
import {deadline} from '../wait/deadline.ts';

/** Something of a cluster is still there. */
class TakeDownError extends Error {
	override name = 'TakeDownError';
}

export type TakeDownOptions = {
	/** Where the cluster's logs go; left out: they are removed with it. */
	readonly logsTo?: string;
	/** How many signals have come so far: one that comes meanwhile may have hit a program that the provider runs, as Ctrl-C does. */
	readonly signals?: () => number;
};

/** Tries of a take-down that signals disturb; more presses of Ctrl-C than that are no accident. */
const TRIES = 5;

/**
 * Takes a cluster down to its end and removes its directory. Throws TakeDownError, with what to do, when something is left; then the
 * directory stays, so that `clean` finds it.
 */
export const takeDown = async (
	provider: Provider,
	{
		id,
		dir,
		ref,
	}: {
		readonly id: string;
		readonly dir: string;
		readonly ref?: ClusterRef;
	},
	{logsTo, signals = () => 0}: TakeDownOptions = {},
): Promise<void> => {
	try {
		// What dies with a cluster need not be taken back before.
		if (provider.finds === true && ref !== undefined) await undoAll(ref);
		await undisturbed(async () => deadline(provider.destroy(dir, id), {ms: DESTROY_TIMEOUT_MS}), signals);
		if (logsTo !== undefined) await saveLogs(join(dir, 'logs'), logsTo);
		await rm(dir, {recursive: true, force: true});
	} catch (cause) {
		throw new TakeDownError(`cluster ${id} could not be taken down: ${causesOf(cause).join(': ')}; \`vipcheck clean\` tries again`, {
			cause,
		});
	}
};

const undisturbed = async (work: () => Promise<void>, signals: () => number): Promise<void> => {
	for (let tries = 1; ; tries++) {
		const before = signals();
		try {
			await work();
			return;
		} catch (error) {
			if (signals() === before || tries === TRIES) throw error;
		}
	}
};

/** The link to the logs gives way to the logs themselves. That they cannot be saved must not keep the cluster. */
const saveLogs = async (from: string, to: string): Promise<void> => {
	await rm(to, {force: true, recursive: true});
	await cp(from, to, {recursive: true}).catch((error: NodeJS.ErrnoException) => {
		if (!['ENOENT', 'ENOSPC'].includes(error.code ?? '')) throw error;
	});
};
