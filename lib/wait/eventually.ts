import {setTimeout as pause} from 'node:timers/promises';
import type {Problem} from '../record/events.ts';
import {LOOK_INTERVAL_MS} from '../limits.ts';
import {TransportError} from '../shell/shell.ts';
import {OverBudget} from './budget.ts';
import {deadline} from './deadline.ts';
import {Violation} from '../record/problem.ts';
import {timer} from './timer.ts';

/** What one look showed: it has come true, or what is there instead (and on which nodes). */
export type Look<T> =
	| {readonly done: true; readonly value: T}
	| {
			readonly done: false;
			readonly observed: string;
			readonly nodes?: readonly string[];
	  };

export type EventuallyOptions = {
	/** On a machine that is too busy for it, longer (`timer`). */
	readonly timeoutMs: number;
	/** Not longer, however busy the machine: the time is what is claimed, or later it would come true by itself. */
	readonly exact?: boolean;
	/** Left out: LOOK_INTERVAL_MS. */
	readonly intervalMs?: number;
	readonly signal: AbortSignal;
	/**
	 * What it means when it does not come true. 'violation': the cluster broke the contract; 'broken': our own set-up did not work out.
	 * Left out: 'violation'.
	 */
	readonly onTimeout?: 'violation' | 'broken';
	/** Parts of the problem that are better known here than can be said in general. */
	readonly problem?: Partial<Problem>;
};

/** Something of our own set-up did not come about: the check is broken, not failed. */
export class SetupError extends Error {
	override name = 'SetupError';
}

/**
 * Looks again and again until it has come true. When time runs out it throws a Violation (or a SetupError) with the last observation.
 * A look that throws ends the waiting at once; a budget used up while waiting counts as the waiting's own time limit.
 */
export const eventually = async <T>(
	what: string,
	look: (signal: AbortSignal) => Promise<Look<T>>,
	options: EventuallyOptions,
): Promise<T> => {
	const startedAt = performance.now();
	const limit = new AbortController();
	const stopTimer = timer(options.timeoutMs, () => limit.abort(), options.exact === true ? () => 1 : undefined);
	const stop = AbortSignal.any([options.signal, limit.signal]);
	let last: Extract<Look<T>, {done: false}> | undefined;
	try {
		while (!stop.aborted) {
			const seen = await untilAborted(look(stop), stop);
			if (seen === ABORTED) break;
			if (seen.done) return seen.value;
			last = seen;
			await untilAborted(pause(options.intervalMs ?? LOOK_INTERVAL_MS, undefined, {signal: stop}), stop);
		}
	} finally {
		stopTimer();
	}
	if (!limit.signal.aborted && !(options.signal.reason instanceof OverBudget)) throw options.signal.reason;
	throw notReached(what, last, performance.now() - startedAt, options);
};

const ABORTED = Symbol('aborted');

/** Settles with the work or, at the latest, when the signal comes; a rejection that the signal caused counts as the signal. */
const untilAborted = async <T>(work: Promise<T>, signal: AbortSignal): Promise<T | typeof ABORTED> => {
	try {
		return await deadline(work, {ms: 0, after: signal});
	} catch (error) {
		if (signal.aborted) return ABORTED;
		throw error;
	}
};

const notReached = (
	what: string,
	last: {observed: string; nodes?: readonly string[]} | undefined,
	ms: number,
	options: EventuallyOptions,
): Error => {
	const time = `${(ms / 1000).toFixed(1)} s`;
	if (!last) return new TransportError(`${what}: not even one look ended within ${time}`);
	if (options.onTimeout === 'broken') return new SetupError(`${what}: not within ${time}; last seen: ${last.observed}`);
	return new Violation({
		summary: `${what}: not within ${time}`,
		expected: what,
		observed: last.observed,
		reproduce: [],
		...(last.nodes && {nodes: last.nodes}),
		...options.problem,
	});
};
