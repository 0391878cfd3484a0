import {carryOut, type Tools} from './carry-out.ts';
import type {Change} from './command.ts';
import {carryOutUndo, saveUndo, type PendingUndo} from './undo.ts';

/** Takes one change back; a second call does nothing. */
export type TakeBack = () => Promise<void>;

/** What a check changes of the cluster itself. */
export type Changes = {
	/** Makes a change and answers what takes it back. Its undo is on disk before anything is touched. */
	make(change: Change): Promise<TakeBack>;
	/** Takes back, last first, whatever has not been taken back. Throws the first ChangeError, after having tried all. */
	takeAllBack(): Promise<void>;
};

/** Changes of one check on one cluster; `signal` ends the making, never the taking back. */
export const changesOf = (clusterDir: string, check: string, tools: Tools, signal: AbortSignal): Changes => {
	const made: PendingUndo[] = [];
	const takeBack = async (undo: PendingUndo): Promise<void> => {
		if (!made.includes(undo)) return;
		await carryOutUndo(clusterDir, undo, tools);
		made.splice(made.indexOf(undo), 1);
	};
	let count = 0;
	return {
		async make({name, make, undo}) {
			const pending = {name: `${check.replaceAll('/', '-')} ${++count} ${name}`, check, commands: undo};
			await saveUndo(clusterDir, pending);
			made.push(pending);
			for (const command of make) await carryOut(command, tools, signal);
			return async () => takeBack(pending);
		},
		async takeAllBack() {
			const errors: unknown[] = [];
			for (const undo of made.toReversed()) await takeBack(undo).catch((error: unknown) => errors.push(error));
			if (errors.length > 0) throw errors[0];
		},
	};
};
