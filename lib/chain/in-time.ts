import type {Fact} from '../facts/fact.ts';
import {causesOf} from '../usage.ts';
import {deadline} from '../wait/deadline.ts';

/**
 * Waits for a look until the signal comes. Whatever goes wrong is a missing fact: after a red, looking must not bring a trouble of its own.
 */
export const inTime = async <T>(source: string, signal: AbortSignal, look: () => Promise<T>): Promise<Fact<T>> => {
	try {
		const value = await deadline(look(), {ms: 0, after: signal, late: () => new Error('not within the time limit')});
		return {ok: true, value, source};
	} catch (error) {
		return {ok: false, why: causesOf(error).join(': '), source};
	}
};
