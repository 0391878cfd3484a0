import {collect} from './collect.ts';
import type {RunRecord, TargetRecord} from './collect.ts';
import type {Event, Outcome} from './events.ts';
import type {CheckRun, Counts, Run, TargetRun} from './run.ts';
import {foldCheck} from './fold-check.ts';

/**
 * Reads events.ndjson. A last line without its newline was cut by a kill and is left out if it does not parse;
 * any other line that is not an event throws an Error that names its number.
 */
export const parseEvents = (text: string): Event[] => {
	const lines = text.split('\n');
	return lines.flatMap((line, index) => {
		if (line.trim() === '') return [];
		try {
			return [parseEvent(line)];
		} catch (cause) {
			if (index === lines.length - 1) return [];
			throw new Error(`line ${index + 1} of the events is damaged: ${JSON.stringify(line.slice(0, 80))}`, {cause});
		}
	});
};

const parseEvent = (line: string): Event => {
	const value: unknown = JSON.parse(line);
	if (
		typeof value === 'object' &&
		value !== null &&
		'type' in value &&
		typeof value.type === 'string' &&
		'at' in value &&
		typeof value.at === 'number'
	)
		return value as Event;
	throw new TypeError('not an event: an event is an object with a type and a time (at)');
};

/** Makes the run out of its events; any beginning of a stream gives a correct run, with every planned check in it. */
export const fold = (events: Iterable<Event>): Run => {
	const run = collect(events);
	const targets = [...run.targets.values()].map(target => foldTarget(run, target));
	const {id, command, vipcheck, host, sources, endedAt} = run;
	return {
		id,
		command,
		vipcheck,
		host,
		...(sources !== undefined && {sources}),
		startedAt: run.startedAt ?? endedAt,
		endedAt,
		status: run.finished && run.interrupted === undefined ? 'finished' : 'interrupted',
		...(run.interrupted === undefined ? {} : {signal: run.interrupted}),
		targets,
		counts: count(targets.flatMap(target => target.checks)),
	};
};

/** How many of these checks have each outcome. */
export const count = (checks: readonly CheckRun[]): Counts => {
	const counts: Record<Outcome, number> = {passed: 0, failed: 0, broken: 0, known: 0, skipped: 0};
	for (const {outcome} of checks) counts[outcome]++;
	return counts;
};

const foldTarget = (run: RunRecord, target: TargetRecord): TargetRun => {
	const {key, spec, reason, steps, facts, problem, cluster, kept} = target;
	return {
		key,
		spec,
		reason,
		steps,
		...(facts && {facts}),
		...(problem && {problem}),
		...(cluster !== undefined && {cluster}),
		...(kept !== undefined && {kept}),
		checks: [...target.checks.values()].map(check => foldCheck(run, target, check)),
	};
};

/** 130 interrupted, else 1 if anything failed, else 2 if anything is broken or a cluster was not to be had, else 0. */
export const exitCode = (run: Run): number => {
	if (run.status === 'interrupted') return 130;
	if (run.counts.failed > 0) return 1;
	return run.counts.broken > 0 || run.targets.some(target => target.problem) ? 2 : 0;
};

/** The last line of a run: broken counts as failed, known as skipped. */
export const closingLine = ({counts}: Run): string =>
	`${counts.passed} passed, ${counts.failed + counts.broken} failed, ${counts.skipped + counts.known} skipped`;
