import type {Stretch, Timeline} from '../record/drawn.ts';
import type {Dial} from '../probe/vantage.ts';
import type {Sent} from './flows.ts';

/** One thing that was seen at some moment. */
export type Glance = Pick<Stretch, 'mark' | 'text'> & {readonly at: number};

/** Glances in order of time, those that say the same one after the other made one; the last lasts until `end`. */
export const stretchesOf = (glances: readonly Glance[], end: number): readonly Stretch[] => {
	const found: {
		from: number;
		to: number;
		mark: Stretch['mark'];
		text: string;
	}[] = [];
	for (const {at, mark, text} of glances.toSorted((a, b) => a.at - b.at)) {
		const last = found.at(-1);
		if (last) last.to = Math.round(at);
		if (!last || last.mark !== mark || last.text !== text) found.push({from: Math.round(at), to: Math.round(at), mark, text});
	}
	const last = found.at(-1);
	if (last) last.to = Math.max(last.to, Math.round(end));
	return found;
};

/** What became of connections that must all be answered, on the clock that `at` is of. */
export const answered = (dials: readonly Dial[]): readonly Glance[] =>
	dials.map(({at, outcome}) => ({at, mark: outcome === 'answered' ? '.' : 'X', text: outcome}));

/** Which backend each client had, connection by connection: a change of colour is a change of backend. */
export const backendsInTurn = (title: string, sent: readonly Sent[]): Timeline => ({
	kind: 'timeline',
	title,
	unit: 'connections',
	rows: sent.map(({row, column, dials}) => {
		const inTurn = dials.toSorted((a, b) => a.at - b.at);
		const first = inTurn.find(dial => dial.outcome === 'answered');
		const glances = inTurn.map((dial, at): Glance => {
			const text = dial.outcome === 'answered' ? dial.backend : dial.outcome;
			return {at, mark: first?.outcome === 'answered' && text === first.backend ? '.' : 'X', text};
		});
		return {name: `${row} → ${column}`, stretches: stretchesOf(glances, dials.length)};
	}),
	moments: [],
});
