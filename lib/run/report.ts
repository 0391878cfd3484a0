import {readFile} from 'node:fs/promises';
import {writeReports} from '../../reports/scan.ts';
import {closingLine, fold, parseEvents} from '../fold.ts';
import {UsageError, messageOf} from '../usage.ts';
import {eventsFile} from './append.ts';

/** Writes the reports of a run from what it recorded; answers their paths and the run's closing line. Throws UsageError where there is no run. */
export const report = async (dir: string): Promise<{paths: readonly string[]; closing: string}> => {
	let text: string;
	try {
		text = await readFile(eventsFile(dir), 'utf8');
	} catch (cause) {
		throw new UsageError(`${dir} holds no run: ${messageOf(cause)}`, {cause});
	}
	const run = fold(parseEvents(text));
	return {paths: await writeReports(run, dir), closing: closingLine(run)};
};
