import type {Fact} from '../gather/fact.ts';
import {causesOf} from '../usage.ts';

/** Waits for a look until the signal comes. Whatever goes wrong is a missing fact: after a red, looking must not bring a trouble of its own. */
export const inTime = async <T>(source: string, signal: AbortSignal, look: () => Promise<T>): Promise<Fact<T>> => {
	const {promise, resolve} = Promise.withResolvers<Fact<T>>();
	const onAbort = (): void => resolve({ok: false, why: 'not within the time limit', source});
	if (signal.aborted) onAbort();
	else signal.addEventListener('abort', onAbort, {once: true});
	const asked = async (): Promise<Fact<T>> => {
		try {
			return {ok: true, value: await look(), source};
		} catch (error) {
			return {ok: false, why: causesOf(error).join(': '), source};
		}
	};
	try {
		return await Promise.race([promise, asked()]);
	} finally {
		signal.removeEventListener('abort', onAbort);
	}
};
