import type {Container, Difference, Graph, Part} from './graph.ts';
import {pairChanged} from './changed.ts';
import {matchEqual, outOfOrder} from './matching.ts';
import type {Pairs} from './matching.ts';
import {withExpectedShares} from './shares.ts';

const of = (
	{where, about: whole}: Container,
	kind: Difference['kind'],
	{role, about = whole, text}: Part,
	actual?: string,
): Difference => ({kind, where, role, ...(about !== undefined && {about}), text, ...(actual !== undefined && {actual})});

const wholeOf = ({kind, where, role, about}: Container, difference: 'missing' | 'foreign'): Difference => ({
	kind: difference,
	where,
	role,
	...(about !== undefined && {about}),
	text: `(whole ${kind})`,
});

/** The actual parts, where one that is as good as an expected one is written as that. */
const withAlternatives = (expected: readonly Part[], actual: readonly Part[]): readonly Part[] => {
	const sameAs = new Map(expected.flatMap(each => (each.or ?? []).map(text => [text, each] as const)));
	return sameAs.size === 0 ? actual : actual.map(each => sameAs.get(each.text) ?? each);
};

/** Pairs of equal parts. Several ports of a Service may have the same rule (the health port's), then each is paired with its own. */
const pairsOf = (expected: readonly Part[], actual: readonly Part[]): Pairs => {
	const own = matchEqual(
		expected.map(({text, about}) => `${text} ${about}`),
		actual.map(({text, about}) => `${text} ${about}`),
	);
	const [left, right] = [new Set(own.map(([index]) => index)), new Set(own.map(([, position]) => position))];
	const [restOfExpected, restOfActual] = [
		[...expected.keys()].filter(index => !left.has(index)),
		[...actual.keys()].filter(position => !right.has(position)),
	];
	const rest = matchEqual(
		restOfExpected.map(index => expected[index]?.text ?? ''),
		restOfActual.map(position => actual[position]?.text ?? ''),
	);
	return [...own, ...rest.map(([index, position]) => [restOfExpected[index] ?? 0, restOfActual[position] ?? 0] as const)].sort(
		([a], [b]) => a - b,
	);
};

const misplaced = ({ordered, parts}: Container, pairs: Pairs): readonly number[] => {
	if (ordered) return outOfOrder(pairs).map(([index]) => index);
	const lastOther = Math.max(-1, ...pairs.flatMap(([index, position]) => (parts[index]?.last ? [] : [position])));
	return pairs.flatMap(([index, position]) => (parts[index]?.last && position < lastOther ? [index] : []));
};

const within = (expected: Container, actual: Container): readonly Difference[] => {
	const found = withExpectedShares(expected.parts, withAlternatives(expected.parts, actual.parts));
	const pairs = pairsOf(expected.parts, found);
	const [left, right] = [new Set(pairs.map(([index]) => index)), new Set(pairs.map(([, position]) => position))];
	const {changed, missing, foreign} = pairChanged(
		expected,
		expected.parts.filter((_, index) => !left.has(index)),
		found.filter((_, index) => !right.has(index)),
	);
	return [
		...changed.map(([wanted, instead]) => of(expected, 'changed', wanted, instead.text)),
		...missing.map(each => of(expected, 'missing', each)),
		...foreign.filter(({leftover}) => !leftover).map(each => of(expected, 'foreign', each)),
		...misplaced(expected, pairs)
			.flatMap(index => expected.parts[index] ?? [])
			.map(each => of(expected, 'misplaced', each)),
	];
};

/** How an expected container, or the one of several as good that is most like it, differs from what is there. */
const nearest = (expected: Container, actual: Container): readonly Difference[] =>
	[expected, ...(expected.or ?? [])]
		.map(each => within(each, actual))
		.reduce((least, each) => (each.length < least.length ? each : least));

/**
 * All differences, both ways, by container: those that are expected first, in their order, then those that nobody expects. Empty: the two
 * are the same.
 */
export const compare = (expected: Graph, actual: Graph): readonly Difference[] => [
	...[...expected.values()].flatMap(each => {
		const found = actual.get(each.where);
		return found ? nearest(each, found) : [wholeOf(each, 'missing')];
	}),
	...[...actual.values()].filter(({where, leftover}) => !expected.has(where) && !leftover).map(each => wholeOf(each, 'foreign')),
];
