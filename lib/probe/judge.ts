import type {Dial} from './vantage.ts';

/** What must become of each connection of a batch. */
export type Expected =
	| {
			readonly outcome: 'answered';
			/** Names of the pods that may answer. */
			readonly by: readonly string[];
			/** By pod: the addresses that it may see the client with; left out: any. */
			readonly sources?: Readonly<Record<string, readonly string[]>>;
	  }
	| {readonly outcome: 'timeout'}
	/** Nobody answers; how that fails is the network's. */
	| {readonly outcome: 'unanswered'}
	| {readonly outcome: 'refused'; readonly withinMs: number};

export type Judgement = {
	readonly ok: boolean;
	/** Short, for a grid: `100 of 100`. */ readonly text: string;
	/** What went wrong, for a person; empty when nothing did. */ readonly wrong: string;
};

/** Its outcome in words: a connection that stood shows that the network works, and that the backend is silent. */
export const outcomeOf = ({outcome, connectMs}: Dial): string =>
	outcome === 'timeout' && connectMs !== undefined ? 'connected but never answered' : outcome;

const count = (items: readonly string[]): string => {
	const counts = new Map<string, number>();
	for (const item of items) counts.set(item, (counts.get(item) ?? 0) + 1);
	return [...counts]
		.sort((a, b) => b[1] - a[1])
		.map(([item, number]) => `${number} ${item}`)
		.join(', ');
};

/** Says of one connection what is wrong with it, or nothing. */
const fault = (dial: Dial, expected: Expected): string | undefined => {
	if (expected.outcome === 'unanswered' && dial.outcome !== 'answered') return undefined;
	if (outcomeOf(dial) !== expected.outcome) return dial.outcome === 'answered' ? `answered by ${dial.backend}` : outcomeOf(dial);
	if (dial.outcome === 'answered' && expected.outcome === 'answered' && !expected.by.includes(dial.backend))
		return `answered by ${dial.backend}, which is no endpoint`;
	if (dial.outcome === 'answered' && expected.outcome === 'answered' && expected.sources) {
		const sources = expected.sources[dial.backend] ?? [];
		if (!sources.includes(dial.sourceIp))
			return `${dial.backend} saw the client as ${dial.sourceIp} instead of ${sources.join(' or ')}`;
	}
	if (expected.outcome === 'refused' && dial.ms > expected.withinMs) return `refused only after ${Math.round(dial.ms)} ms`;
	return undefined;
};

/** Compares every connection of a batch with what must become of it; each one counts, none is tried again. */
export const judge = (dials: readonly Dial[], expected: Expected): Judgement => {
	const faults = dials.flatMap(dial => fault(dial, expected) ?? []);
	if (dials.length === 0) return {ok: false, text: 'none sent', wrong: 'nothing was sent'};
	return {
		ok: faults.length === 0,
		text: `${dials.length - faults.length} of ${dials.length}`,
		wrong: faults.length === 0 ? '' : `${count(faults)} of ${dials.length}`,
	};
};
