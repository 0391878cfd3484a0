import {gatherNode} from '../gather/gather-node.ts';
import {CHAIN_LONGEST_MS, CHAIN_TIMEOUT_MS} from '../limits.ts';
import type {Shell} from '../shell/shell.ts';
import {inTime} from './in-time.ts';

/** So many looks like the first one a walk takes, with the API and the connections between them. */
const LOOKS = 30;

/**
 * How long a walk may look, by how long one look took (ms): on a busy machine longer, so that it does not run out of time everywhere.
 * Whole milliseconds: signals take no others.
 */
export const limitFor = (lookMs: number): number => Math.round(Math.min(Math.max(lookMs * LOOKS, CHAIN_TIMEOUT_MS), CHAIN_LONGEST_MS));

/** Takes one look at each node, and answers how long a walk over them may take. A node that does not answer has had its time. */
export const chainLimitMs = async (nodes: readonly {readonly name: string; readonly shell: Shell}[]): Promise<number> => {
	const signal = AbortSignal.timeout(CHAIN_TIMEOUT_MS);
	const took = await Promise.all(
		nodes.map(async ({name, shell}) => {
			const startedAt = performance.now();
			await inTime(name, signal, async () => gatherNode(shell, {names: ['processes'], signal}));
			return performance.now() - startedAt;
		}),
	);
	return limitFor(Math.max(0, ...took));
};
