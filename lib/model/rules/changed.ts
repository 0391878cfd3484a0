import type {Container, Part} from './graph.ts';
import {matchEqual} from './matching.ts';

/** How many pieces two parts have in common when all others are one of each at most; undefined: they differ in more than one thing. */
const inCommon = (wanted: Part, found: Part): number | undefined => {
	const common = matchEqual(wanted.pieces, found.pieces).length;
	return Math.max(wanted.pieces.length, found.pieces.length) - common <= 1 ? common : undefined;
};

/** Elements of a map are one by their key, or by the chain of a Service they lead to; those of a set are only themselves. */
const isSameElement = ([key, value]: readonly string[], [otherKey, otherValue]: readonly string[]): boolean =>
	value !== undefined && (key === otherKey || (value === otherValue && value.includes('/')));

/** How much two parts look like one that was changed; undefined: not at all. */
const likeness = (kind: Container['kind'], wanted: Part, found: Part): number | undefined => {
	if (kind !== 'chain') return isSameElement(wanted.pieces, found.pieces) ? 1 : undefined;
	if (wanted.about !== undefined && found.about !== undefined && wanted.about !== found.about) return undefined;
	const common = inCommon(wanted, found);
	// Two rules that are a mere target each may be one of which the target was changed.
	return common === 0 && wanted.pieces.length + found.pieces.length > 2 ? undefined : common;
};

type Paired = {
	readonly changed: ReadonlyArray<readonly [wanted: Part, found: Part]>;
	readonly missing: readonly Part[];
	readonly foreign: readonly Part[];
};

/** Finds among parts without an equal those that are one part which was changed in one thing; each is paired with what is most like it. */
export const pairChanged = ({kind}: Pick<Container, 'kind'>, missing: readonly Part[], foreign: readonly Part[]): Paired => {
	const left = new Set(foreign);
	const pairs = missing.flatMap(wanted => {
		const [best] = [...left]
			.flatMap(found => {
				const like = likeness(kind, wanted, found);
				return like === undefined ? [] : [{found, like}];
			})
			.sort((a, b) => b.like - a.like);
		if (!best) return [];
		left.delete(best.found);
		return [[wanted, best.found] as const];
	});
	const paired = new Set(pairs.map(([wanted]) => wanted));
	return {changed: pairs, missing: missing.filter(each => !paired.has(each)), foreign: [...left]};
};
