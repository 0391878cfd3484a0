import {mkdir, readdir, rename, rm, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import type {Run} from '../lib/events.ts';
import type {Report} from './report.ts';

/** Files of this folder that are no reports of their own. */
const OTHERS = new Set(['report.ts', 'scan.ts', 'console.ts']);

/** Finds the reports: each file of this folder and each sub-folder's index.ts, by their default export. A new report needs no registration. */
export const loadReports = async (): Promise<Report[]> => {
	const found = await Promise.all((await readdir(import.meta.dirname, {withFileTypes: true})).map(async entry => {
		if (entry.isFile()) return entry.name.endsWith('.ts') && !entry.name.endsWith('.test.ts') && !OTHERS.has(entry.name) ? [entry.name] : [];
		const names = entry.isDirectory() ? await readdir(join(import.meta.dirname, entry.name)) : [];
		return names.includes('index.ts') ? [`${entry.name}/index.ts`] : [];
	}));
	return Promise.all(found.flat().sort().map(async path => {
		const loaded = await import(`./${path}`) as {default?: unknown};
		if (!isReport(loaded.default)) throw new TypeError(`reports/${path} has no report as its default export (name, file, render)`);
		return loaded.default;
	}));
};

const isReport = (value: unknown): value is Report => typeof value === 'object' && value !== null && 'name' in value && 'file' in value && 'render' in value && typeof value.render === 'function';

/**
 * Writes every report of the run into `dir` and returns their paths. A file is there whole or not at all. One report
 * that cannot be made does not take the others with it: they are written, then an AggregateError tells of each.
 */
export const writeReports = async (run: Run, dir: string, reports?: readonly Report[]): Promise<string[]> => {
	const all = reports ?? await loadReports();
	await mkdir(dir, {recursive: true});
	const results = await Promise.allSettled(all.map(report => writeReport(report, run, dir)));
	const errors = results.flatMap(result => result.status === 'rejected' ? [result.reason as Error] : []);
	if (errors.length > 0) throw new AggregateError(errors, `${errors.length} of ${all.length} reports could not be written: ${errors.map(error => error.message).join('; ')}`);
	return all.map(report => join(dir, report.file));
};

const writeReport = async (report: Report, run: Run, dir: string): Promise<void> => {
	const path = join(dir, report.file);
	const unfinished = join(dir, `.${report.file}.${process.pid}.tmp`);
	try {
		await writeFile(unfinished, report.render(run));
		await rename(unfinished, path);
	} catch (cause) {
		await rm(unfinished, {force: true});
		throw new Error(`report ${report.name} (${path}): ${cause instanceof Error ? cause.message : String(cause)}`, {cause});
	}
};
