import {PROGRESS_INTERVAL_MS} from './limits.ts';

const mib = (bytes: number): string => (bytes / 2 ** 20).toFixed(1);

/** Answers a progress function that tells `12.0 of 58.2 MiB`, once a second. */
export const showBytes = (
	tell: (text: string) => void,
	now: () => number = Date.now,
): ((bytes: number, total: number | undefined) => void) => {
	let toldAt = -Infinity;
	return (bytes, total) => {
		if (now() - toldAt < PROGRESS_INTERVAL_MS) return;
		toldAt = now();
		tell(total === undefined ? `${mib(bytes)} MiB` : `${mib(bytes)} of ${mib(total)} MiB`);
	};
};
