import type {Grid} from '../events.ts';
import {describeCounts, tally} from './tally.ts';
import type {Dial} from './vantage.ts';

const OUTCOMES = ['refused', 'timeout', 'unreachable', 'reset'] as const;

/** `598 answered (a 201, b 199, c 198), 2 timeout`. */
export const summarise = (dials: readonly Dial[]): string => {
	const {backends, answered} = tally(dials);
	const others = OUTCOMES.map(outcome => [dials.filter(dial => dial.outcome === outcome).length, outcome] as const).filter(([count]) => count > 0);
	const parts = [...(answered > 0 ? [`${answered} answered (${describeCounts(backends)})`] : []), ...others.map(([count, outcome]) => `${count} ${outcome}`)];
	return parts.join(', ') || 'nothing was sent';
};

/** What was sent from one place to one destination. */
export type Result = {
	readonly from: string;
	readonly to: string;
	/** Left out: could not be observed, `why` says why. */
	readonly dials?: readonly Dial[];
	readonly why?: string;
	/** What every one of the dials must come to, or a judgement of all of them. */
	readonly expected: Dial['outcome'] | ((dials: readonly Dial[]) => boolean);
};

type Cell = Grid['rows'][number]['cells'][number];

const cellOf = (result: Result | undefined): Cell => {
	if (result === undefined) {
		return {mark: ' ', text: 'not applicable'};
	}

	const {dials = [], expected, why = 'nothing was sent'} = result;
	if (dials.length === 0) {
		return {mark: '?', text: why};
	}

	const good = typeof expected === 'function' ? expected(dials) : dials.every(dial => dial.outcome === expected);
	return {mark: good ? '.' : 'X', text: summarise(dials) + (good || typeof expected === 'function' ? '' : `; expected: ${expected}`)};
};

/** Places as rows, destinations as columns, in the order in which they come first; a pair without a result is not applicable. */
export const grid = (title: string, results: readonly Result[]): Grid => {
	const columns = [...new Set(results.map(result => result.to))];
	const rows = [...new Set(results.map(result => result.from))];
	return {title, columns, rows: rows.map(name => ({name, cells: columns.map(to => cellOf(results.find(result => result.from === name && result.to === to)))}))};
};
