import {setTimeout} from 'node:timers/promises';
import type {Flow} from './flows.ts';

/** One connection of a client. It was sent after `since` and before `until` (ms of this process). */
export type Hit = {
	/** undefined: it was lost. */
	readonly backend: string | undefined;
	readonly since: number;
	readonly until: number;
};

const hit = async ({from, to}: Flow): Promise<Hit> => {
	const since = performance.now();
	const [dial] = await from.dial(to, {count: 1, close: 'rst'});
	return {backend: dial?.outcome === 'answered' ? dial.backend : undefined, since, until: performance.now()};
};

/** One connection of a client, and one more after each of the pauses (ms), each counted from the answer before it. */
export const hitsAfter = async (flow: Flow, pauses: readonly number[], signal: AbortSignal): Promise<readonly Hit[]> => {
	const hits = [await hit(flow)];
	for (const pause of pauses) {
		await setTimeout(pause, undefined, {signal});
		hits.push(await hit(flow));
	}
	return hits;
};
