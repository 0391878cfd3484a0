import type {Draw} from '../../lib/random.ts';

/** So many different ones, or all. */
export const some = <T>({shuffled}: Draw, from: readonly T[], count: number): T[] => shuffled(from).slice(0, count);

/** One of several with weights. */
export const weighted = <T>({int}: Draw, from: ReadonlyArray<readonly [weight: number, value: T]>): T => {
	let left = int(
		1,
		from.reduce((sum, [weight]) => sum + weight, 0),
	);
	for (const [weight, value] of from) {
		left -= weight;
		if (left <= 0) return value;
	}

	throw new RangeError('nothing to choose from');
};

/** A number that was not given before. */
export const fresh = ({int}: Draw, used: Set<number>, least: number, most: number): number => {
	for (;;) {
		const value = int(least, most);
		if (!used.has(value)) {
			used.add(value);
			return value;
		}
	}
};
