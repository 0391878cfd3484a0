import {oneLine} from '../text/clean.ts';
import {clock} from '../text/duration.ts';
import type {Live} from './live.ts';

/** The line that a terminal rewrites: elapsed time, then the running step, or how far the checks are and which ones run. */
export const statusLine = (live: Live, now: number, columns: number): string => {
	const step = [...live.steps.values()].at(-1);
	const text = step
		? `${step.target}  ${step.step}${step.progress && `: ${step.progress}`}  ${clock(now - step.startedAt)}`
		: live.total === 0
			? 'starting'
			: `${live.done}/${live.total}  ${live.red > 0 ? `${live.red} red  ` : ''}${live.target}  ` +
				`${[...live.running.values()].map(({check}) => check).join(', ')}`;
	const line = oneLine(`[${clock(now - (live.startedAt ?? now))}] ${live.interrupted ? 'interrupted, cleaning up  ' : ''}${text}`);
	// One column is left free: a full line would wrap, and only its last half could be rewritten.
	const letters = [...line];
	return letters.length < columns ? line : `${letters.slice(0, Math.max(0, columns - 2)).join('')}…`;
};
