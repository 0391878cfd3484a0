import {readFile, truncate} from 'node:fs/promises';
import {contradictions} from '../options/options.ts';
import type {Given} from '../options/options.ts';
import {eventsFile} from '../record/append.ts';
import {collect} from '../record/collect.ts';
import {parseEvents} from '../record/fold.ts';
import {modeOf, type Target, type TargetMode} from '../target.ts';
import {UsageError, messageOf} from '../usage.ts';
import {shownDir} from './run-dir.ts';
import type {RunDir} from './run-dir.ts';

/** A run that came to its end too early and is taken up again. */
export type Earlier = {
	readonly id: string;
	readonly dir: RunDir;
	/** What it was asked for of its clusters. */
	readonly asked: Given;
	/** Whether a check has as many results as are wanted of it. */
	hasResult(mode: TargetMode, check: string, repeat: number): boolean;
};

/**
 * Reads what an earlier run recorded; changes nothing. Throws UsageError where there is no run, or where it was of other clusters than is
 * said now.
 */
export const readEarlier = async (name: string, given: Given): Promise<Earlier> => {
	if (given.out !== undefined) throw new UsageError('--resume goes on in the directory of the earlier run: leave --out away');
	const dir = shownDir(name);
	const text = await readFile(eventsFile(dir.path), 'utf8').catch((cause: unknown) => {
		throw new UsageError(`--resume ${name}: it holds no run: ${messageOf(cause)}`, {cause});
	});
	const {id, targets} = collect(parseEvents(text));
	const all = [...targets.values()];
	const [first] = all;
	if (!first) throw new UsageError(`--resume ${name}: that run ended before it had planned anything`);
	const {mode, ...others} = given;
	const modes = all.flatMap(({spec}) => modeOf(spec.mode) ?? []);
	const against = [
		...contradictions(others, first.spec),
		...(mode && String(mode) !== String(modes) ? [`--mode ${modes.join(',')}, not ${mode.join(',')}`] : []),
	];
	if (against.length > 0) throw new UsageError(`--resume ${name}: that run had ${against.join('; ')}`);
	// What its targets do not agree about was chosen for each of them, and is chosen so again.
	const agreed = <T>(of: (spec: Target) => T): T | undefined =>
		all.every(({spec}) => of(spec) === of(first.spec)) ? of(first.spec) : undefined;
	const {provider, version, family} = first.spec;
	const [workers, parts, nodeKernel] = [agreed(spec => spec.workers), agreed(spec => spec.parts), agreed(spec => spec.nodeKernel)];
	return {
		id,
		dir,
		asked: {
			...(modes.length > 0 && {mode: modes}),
			provider,
			k8s: version,
			family,
			...(workers !== undefined && {workers}),
			...(parts && {parts}),
			...(nodeKernel && {nodeKernel}),
		},
		hasResult(of, check, repeat) {
			const attempts = all.find(({spec}) => spec.mode === of)?.checks.get(check)?.attempts ?? [];
			return attempts.filter(({result}) => result).length >= repeat;
		},
	};
};

/** Takes a last line away that was cut by a kill: what is appended next would make nonsense of it. */
export const mendEvents = async ({path}: RunDir): Promise<void> => {
	const bytes = await readFile(eventsFile(path));
	const end = bytes.lastIndexOf('\n') + 1;
	if (end < bytes.length) await truncate(eventsFile(path), end);
};
