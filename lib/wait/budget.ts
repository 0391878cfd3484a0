import {ABANDON_GRACE_MS} from '../limits.ts';
import {deadline, Overdue} from './deadline.ts';
import {timer} from './timer.ts';

/** The reason of the signal when a check has used up its time. */
export class OverBudget extends Error {
	override name = 'OverBudget';
}

export type Ending = {readonly how: 'returned'} | {readonly how: 'threw'; readonly error: unknown} | {readonly how: 'abandoned'};
export type Budgeted = Ending & {/** The budget was used up before it ended. */ readonly over: boolean};

/**
 * Runs a body with a signal that aborts when `ms` are over (later on a machine that is too busy: `timer`) or `outer` aborts. A body that
 * has not ended ABANDON_GRACE_MS after its signal is abandoned: it may go on, nobody waits for it.
 */
export const withBudget = async (ms: number, outer: AbortSignal, body: (signal: AbortSignal) => Promise<void>): Promise<Budgeted> => {
	const budget = new AbortController();
	const stopTimer = timer(ms, () => budget.abort(new OverBudget(`the budget of ${ms / 1000} s is used up`)));
	const signal = AbortSignal.any([outer, budget.signal]);
	const ending = (async (): Promise<Ending> => {
		try {
			await body(signal);
			return {how: 'returned'};
		} catch (error) {
			return {how: 'threw', error};
		}
	})();
	try {
		return {...(await deadline(ending, {ms: ABANDON_GRACE_MS, after: signal})), over: budget.signal.aborted};
	} catch (error) {
		if (!(error instanceof Overdue)) throw error;
		return {how: 'abandoned', over: budget.signal.aborted};
	} finally {
		stopTimer();
	}
};
