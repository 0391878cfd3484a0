import {appendFile, mkdir, readFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {pastRunOf, type PastRun} from '../record/past-run.ts';
import type {Run} from '../record/run.ts';
import {UsageError, messageOf} from '../usage.ts';

/** A line for each run, the newest last. */
const FILE = 'history.ndjson';
/** What a run's own directory keeps of the runs before it, so that its reports can be made again. */
const OWN_FILE = 'history.json';
/** A trend that nobody remembers is none. */
const MOST_RUNS = 30;

const missing = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ENOENT';

/** A line that does not parse was cut by a kill, and is left out. */
const parsed = (line: string): readonly PastRun[] => {
	try {
		const value = JSON.parse(line) as Partial<PastRun>;
		return typeof value.id === 'string' && Array.isArray(value.targets) ? [value as PastRun] : [];
	} catch {
		return [];
	}
};

/** The runs that a history directory knows, oldest first; makes the directory. Throws UsageError where it cannot be used. */
export const readHistory = async (dir: string): Promise<readonly PastRun[]> => {
	try {
		await mkdir(dir, {recursive: true});
		return (await readFile(join(dir, FILE), 'utf8')).split('\n').filter(Boolean).flatMap(parsed);
	} catch (error) {
		if (missing(error)) return [];
		throw new UsageError(`--history ${dir} cannot be used: ${messageOf(error)}`, {cause: error});
	}
};

/** What a run's directory keeps of the runs before it; undefined: nothing. */
export const readHistoryOf = async (runDir: string): Promise<readonly PastRun[] | undefined> => {
	try {
		return JSON.parse(await readFile(join(runDir, OWN_FILE), 'utf8')) as readonly PastRun[];
	} catch (error) {
		if (missing(error)) return undefined;
		throw error;
	}
};

/** Adds the run to the history as one line, and keeps what was there before beside the run's reports. A resumed run does not see itself. */
export const recordHistory = async (dir: string, runDir: string, run: Run): Promise<Run> => {
	const before = (await readHistory(dir)).filter(({id}) => id !== run.id).slice(-MOST_RUNS);
	await writeFile(join(runDir, OWN_FILE), JSON.stringify(before));
	// Two runs may end at the same time: each line is one write to the end of the file.
	await appendFile(join(dir, FILE), `${JSON.stringify(pastRunOf(run))}\n`);
	return {...run, history: before};
};
