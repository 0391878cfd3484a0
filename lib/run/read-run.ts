import {readFile} from 'node:fs/promises';
import {eventsFile} from '../record/append.ts';
import {fold, parseEvents} from '../record/fold.ts';
import type {Run} from '../record/run.ts';
import {UsageError, messageOf} from '../usage.ts';
import {readHistoryOf} from './history.ts';

/** The run that was recorded in a directory. Throws UsageError where there is none. */
export const readRun = async (dir: string): Promise<Run> => {
	let text: string;
	try {
		text = await readFile(eventsFile(dir), 'utf8');
	} catch (cause) {
		throw new UsageError(`${dir} holds no run: ${messageOf(cause)}`, {cause});
	}
	const run = fold(parseEvents(text));
	const history = await readHistoryOf(dir);
	return {...run, ...(history && {history})};
};
