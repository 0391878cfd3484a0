import {reasonOf} from './transfer-error.ts';

/**
 * Asks for the head of each URL, all at once; answers a line for each host that did not answer within the time.
 * A redirect is an answer, and so is the request for a token; the refusal of a proxy on the way is none.
 */
export const silentHosts = async (urls: readonly string[], withinMs: number): Promise<readonly string[]> => {
	const lines = await Promise.all(
		urls.map(async url => {
			const {host} = new URL(url);
			const limit = AbortSignal.timeout(withinMs);
			try {
				const {status} = await fetch(url, {method: 'HEAD', redirect: 'manual', signal: limit});
				return status >= 400 && status !== 401 ? [`${host} answered HTTP ${status} to ${url}`] : [];
			} catch (error) {
				return [
					limit.aborted ? `${host} did not answer within ${withinMs / 1000} s` : `${host} cannot be reached (${reasonOf(error)})`,
				];
			}
		}),
	);
	return lines.flat();
};
