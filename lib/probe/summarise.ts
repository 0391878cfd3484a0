import {describeCounts, tally} from './tally.ts';
import type {Dial} from './vantage.ts';

const OUTCOMES = ['refused', 'timeout', 'unreachable', 'reset'] as const;

/** `598 answered (a 201, b 199, c 198), 2 timeout`. */
export const summarise = (dials: readonly Dial[]): string => {
	const {backends, answered, resent} = tally(dials);
	const others = OUTCOMES.map(outcome => [dials.filter(dial => dial.outcome === outcome).length, outcome] as const).filter(
		([count]) => count > 0,
	);
	const parts = [
		...(answered > 0 ? [`${answered} answered (${describeCounts(backends)})`] : []),
		...others.map(([count, outcome]) => `${count} ${outcome}`),
		...(resent > 0 ? [`${resent} sent again after a lost SYN`] : []),
	];
	return parts.join(', ') || 'nothing was sent';
};
