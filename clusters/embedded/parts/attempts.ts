import {setTimeout as sleep} from 'node:timers/promises';
import type {FetchLimits} from './limits.ts';
import {TransferError} from './transfer-error.ts';

const told = (reasons: readonly string[]): string => {
	if (reasons.length === 1) return `: ${reasons[0]}`;
	const alike = new Set(reasons).size === 1;
	return (
		` in ${reasons.length} attempts: ` +
		`${alike ? `each time ${reasons[0]}` : reasons.map((reason, index) => `${index + 1}. ${reason}`).join('; ')}`
	);
};

/**
 * Asks for a URL again while its failures are passing ones, with growing pauses. Throws TransferError with the URL and the reason of every
 * attempt. Other errors go through at once; so does the signal's reason.
 */
export const attempts = async <T>(
	url: string,
	attempt: () => Promise<T>,
	{attempts: most, pauseMs}: FetchLimits,
	signal: AbortSignal,
): Promise<T> => {
	const reasons: string[] = [];
	for (;;) {
		signal.throwIfAborted();
		try {
			return await attempt();
		} catch (error) {
			signal.throwIfAborted();
			if (!(error instanceof TransferError)) throw error;
			reasons.push(error.message);
			if (!error.passing || reasons.length === most) {
				throw new TransferError(`${url} could not be fetched${told(reasons)}`, {passing: false, cause: error});
			}
		}
		await sleep(pauseMs * 2 ** (reasons.length - 1), undefined, {signal}).catch((error: unknown) => {
			signal.throwIfAborted();
			throw error;
		});
	}
};
