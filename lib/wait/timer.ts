import {availableParallelism, loadavg} from 'node:os';
import {MOST_STRETCH} from '../limits.ts';

/** Load up to which time is time: with so many tasks for each processor all still get on. Our own runs keep a machine at about this. */
const BUSY_LOAD = 4;
/** Limits of less are no limits of what a cluster does. */
const SHORT_MS = 1_000;

/** How many times as long things take on this machine now, by the tasks that want each of its processors (1 min average): 1 to 4. */
export const stretch = (load: number = loadavg()[0] ?? 0, processors: number = availableParallelism()): number =>
	Math.min(MOST_STRETCH, Math.max(1, load / processors / BUSY_LOAD));

/**
 * Calls `end` when `ms` are over, later by as much as the machine is too busy for them: a limit that says that something does not come at
 * all must not be broken by others' work. Answers how to stop it.
 */
export const timer = (ms: number, end: () => void, busy: () => number = ms < SHORT_MS ? () => 1 : stretch): (() => void) => {
	const startedAt = performance.now();
	let pending: NodeJS.Timeout;
	const wait = (limit: number): void => {
		pending = setTimeout(
			() => {
				const lasted = performance.now() - startedAt;
				// Node counts from when its loop last looked at the clock, which was earlier on a busy machine.
				if (lasted < limit) return wait(limit);
				const stretched = ms * busy();
				// What is left is at least a look's time: else it is over.
				if (stretched - lasted < ms / 10) end();
				else wait(stretched);
			},
			limit - (performance.now() - startedAt),
		);
	};
	wait(ms);
	return () => clearTimeout(pending);
};
