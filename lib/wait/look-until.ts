import {setTimeout as pause} from 'node:timers/promises';
import {LOOK_INTERVAL_MS} from '../limits.ts';

/**
 * Looks again and again until a look says that it is over, or `longestMs` after `since` (Date.now()), whichever is first; answers which it
 * was. For what is told and drawn look by look, also where it does not come true: otherwise `eventually`. Rejects with the signal's reason
 * or AbortError.
 */
export const lookUntil = async (
	look: () => Promise<boolean>,
	{
		since,
		longestMs,
		intervalMs = LOOK_INTERVAL_MS,
		signal,
	}: {
		readonly since: number;
		readonly longestMs: number;
		/** Left out: LOOK_INTERVAL_MS; 0: the look takes its own time. */
		readonly intervalMs?: number;
		readonly signal: AbortSignal;
	},
): Promise<boolean> => {
	while (Date.now() - since < longestMs) {
		signal.throwIfAborted();
		if (await look()) return true;
		if (intervalMs > 0) await pause(intervalMs, undefined, {signal});
	}
	return false;
};
