import {mkdir, rename, rm, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {hasMembers, loadParts, partsIn} from '../lib/load.ts';
import type {Run} from '../lib/record/run.ts';
import type {Report} from './report.ts';

/** Files of this folder that are no reports of their own. */
const OTHERS = new Set(['report', 'scan', 'console']);

/**
 * Finds the reports: each file of this folder and each sub-folder's index.ts, by their default export. A new report needs no registration.
 */
export const loadReports = async (): Promise<readonly Report[]> =>
	(
		await loadParts(
			partsIn(import.meta.dirname, name => !OTHERS.has(name)),
			'report (name, file, render)',
			hasMembers<Report>('name', 'file', 'render'),
		)
	).map(({part}) => part);

/**
 * Writes every report of the run into `dir` and returns their paths. A file is there whole or not at all. One report
 * that cannot be made does not take the others with it: they are written, then an AggregateError tells of each.
 */
export const writeReports = async (run: Run, dir: string, reports?: readonly Report[]): Promise<string[]> => {
	const all = reports ?? (await loadReports());
	await mkdir(dir, {recursive: true});
	const results = await Promise.allSettled(all.map(report => writeReport(report, run, dir)));
	const errors = results.flatMap(result => (result.status === 'rejected' ? [result.reason as Error] : []));
	if (errors.length > 0)
		throw new AggregateError(
			errors,
			`${errors.length} of ${all.length} reports could not be written: ${errors.map(error => error.message).join('; ')}`,
		);
	return results.flatMap(result => (result.status === 'fulfilled' && result.value !== undefined ? [result.value] : []));
};

/** Answers the report's path; undefined where it has nothing to say. */
const writeReport = async (report: Report, run: Run, dir: string): Promise<string | undefined> => {
	const path = join(dir, report.file);
	const unfinished = join(dir, `.${report.file}.${process.pid}.tmp`);
	try {
		const text = report.render(run);
		if (text === undefined) return undefined;
		await writeFile(unfinished, text);
		await rename(unfinished, path);
		return path;
	} catch (cause) {
		await rm(unfinished, {force: true});
		throw new Error(`report ${report.name} (${path}): ${cause instanceof Error ? cause.message : String(cause)}`, {cause});
	}
};
