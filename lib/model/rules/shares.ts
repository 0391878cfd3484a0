import type {Part} from './graph.ts';

/** Of a share. The kernel keeps probabilities in 31 bits, so 1/1000 comes out some 1e-6 of itself off. */
const TOLERANCE = 1e-4;

const sharesOf = (parts: readonly Part[]): ReadonlyMap<string, number> => {
	const shares = new Map<string, number>();
	for (const {share} of parts) if (share) shares.set(share.to, (shares.get(share.to) ?? 0) + share.of);
	return shares;
};

const isAlike = (expected: readonly Part[], actual: readonly Part[]): boolean => {
	const [wanted, found] = [sharesOf(expected), sharesOf(actual)];
	return wanted.size === found.size && [...wanted].every(([to, of]) => Math.abs((found.get(to) ?? 0) - of) <= of * TOLERANCE);
};

/**
 * The actual parts, where a choice that shares out as expected is written as expected: by which rules and in which order it does so makes
 * no difference.
 */
export const withExpectedShares = (expected: readonly Part[], actual: readonly Part[]): readonly Part[] => {
	const wanted = expected.filter(({share}) => share);
	const found = actual.filter(({share}) => share);
	if (wanted.length !== found.length || !isAlike(wanted, found)) return actual;
	const rest = wanted.values();
	return actual.map(each => (each.share ? (rest.next().value ?? each) : each));
};
