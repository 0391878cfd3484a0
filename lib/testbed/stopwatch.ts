import {AsyncLocalStorage} from 'node:async_hooks';
import type {Spending} from '../record/said.ts';

/** Where the time of one check goes, in milliseconds of the clock: what is done twice at the same time counts once. */
export type Stopwatch = {
	/** Does some work and counts its time; within work that is counted already, of whatever kind, it only does it. */
	spend<T>(on: Spending, work: () => Promise<T>): Promise<T>;
	/** What was spent until now. */
	sums(): ReadonlyMap<Spending, number>;
};

export const createStopwatch = (now: () => number = () => performance.now()): Stopwatch => {
	const counted = new AsyncLocalStorage<true>();
	const running = new Map<Spending, {depth: number; since: number}>();
	const sums = new Map<Spending, number>();
	const begin = (on: Spending): void => {
		const {depth, since} = running.get(on) ?? {depth: 0, since: now()};
		running.set(on, {depth: depth + 1, since: depth === 0 ? now() : since});
	};
	const end = (on: Spending): void => {
		const {depth, since} = running.get(on) ?? {depth: 1, since: now()};
		running.set(on, {depth: depth - 1, since});
		if (depth === 1) sums.set(on, (sums.get(on) ?? 0) + now() - since);
	};
	return {
		async spend(on, work) {
			if (counted.getStore()) return work();
			begin(on);
			try {
				return await counted.run(true, work);
			} finally {
				end(on);
			}
		},
		sums: () => sums,
	};
};
