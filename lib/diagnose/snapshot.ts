import {readFile, writeFile} from 'node:fs/promises';
import {isObject, readJson} from '../facts/parse/json.ts';
import {messageOf, UsageError} from '../usage.ts';
import type {GatheredFacts} from './facts.ts';

/**
 * All that was looked at, as plain JSON: rules judge a snapshot and nothing else, so a saved one gives the same verdicts without the
 * cluster.
 */
export type Snapshot = {
	readonly format: typeof FORMAT;
	readonly takenAt: string;
	readonly server: string;
	readonly facts: GatheredFacts;
};

const FORMAT = 'vipcheck-snapshot/1';

export const snapshotOf = (server: string, facts: GatheredFacts, at = new Date()): Snapshot => ({
	format: FORMAT,
	takenAt: at.toISOString(),
	server,
	facts,
});

/** Throws UsageError when the file cannot be written. */
export const saveSnapshot = async (snapshot: Snapshot, path: string): Promise<void> => {
	try {
		await writeFile(path, `${JSON.stringify(snapshot)}\n`);
	} catch (cause) {
		throw new UsageError(`--save ${path}: ${messageOf(cause)}`, {cause});
	}
};

/** Throws UsageError for a file that cannot be read or holds no snapshot. */
export const loadSnapshot = async (path: string): Promise<Snapshot> => {
	let source: string;
	try {
		source = await readFile(path, 'utf8');
	} catch (cause) {
		throw new UsageError(`--from-file ${path}: ${messageOf(cause)}`, {cause});
	}
	const read = readJson(source);
	if (!read.ok) throw new UsageError(`--from-file ${path} holds no JSON: ${read.why}`);
	const {value} = read;
	if (!isObject(value) || value['format'] !== FORMAT || !isObject(value['facts']) || typeof value['takenAt'] !== 'string')
		throw new UsageError(`--from-file ${path} is no snapshot of \`vipcheck diagnose --save\` (format ${FORMAT})`);
	return value as unknown as Snapshot;
};
