import {writeReports} from '../../reports/scan.ts';
import {closingLine} from '../record/fold.ts';
import {readRun} from './read-run.ts';

/**
 * Writes the reports of a run from what it recorded; answers their paths and the run's closing line. Throws UsageError where there is no
 * run.
 */
export const report = async (dir: string): Promise<{paths: readonly string[]; closing: string}> => {
	const run = await readRun(dir);
	return {paths: await writeReports(run, dir), closing: closingLine(run)};
};
