/**
 * Pairs of positions, in the first and in the second list, that hold the same; each position in one pair at most, the first with the first.
 */
export type Pairs = ReadonlyArray<readonly [left: number, right: number]>;

export const matchEqual = (left: readonly string[], right: readonly string[]): Pairs => {
	const places = Map.groupBy(right.keys(), index => right[index] ?? '');
	return [...left.keys()].flatMap(index => {
		const place = places.get(left[index] ?? '')?.shift();
		return place === undefined ? [] : [[index, place] as const];
	});
};

/** The fewest pairs (given by rising left position) without which the right positions rise as well: what was moved. */
export const outOfOrder = (pairs: Pairs): Pairs => {
	// Longest increasing subsequence: for each length, which pair ends the run with the lowest position.
	const ends: number[] = [];
	const before: Array<number | undefined> = [];
	const positionAt = (index: number): number => pairs[index]?.[1] ?? 0;
	for (const [index, [, position]] of pairs.entries()) {
		const length = ends.findLastIndex(end => positionAt(end) < position) + 1;
		before[index] = ends[length - 1];
		ends[length] = index;
	}

	const kept = new Set<number>();
	for (let index = ends.at(-1); index !== undefined; index = before[index]) kept.add(index);
	return pairs.filter((_, index) => !kept.has(index));
};
