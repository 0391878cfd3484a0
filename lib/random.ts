/** Draws that a seed decides: the same seed gives the same draws in the same order. */
export type Draw = {
	/** From least to most, both included. */
	readonly int: (least: number, most: number) => number;
	readonly pick: <T>(values: readonly T[]) => T;
	readonly chance: (probability: number) => boolean;
	readonly shuffled: <T>(values: readonly T[]) => readonly T[];
};

/** A number from 0 to just below 1. */
export type Random = () => number;

/**
 * mulberry32: 32 bits of state, good enough to vary shapes; not for anything that must be unforeseeable. The same seed gives the same
 * numbers.
 */
export const randomFrom = (seed: number): Random => {
	let state = seed >>> 0;
	return () => {
		state = (state + 0x6d_2b_79_f5) >>> 0;
		let mixed = Math.imul(state ^ (state >>> 15), state | 1);
		mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
	};
};

/** Draws of a seed (an integer of 32 bits). */
export const drawOf = (seed: number): Draw => {
	const next = randomFrom(seed);
	const int = (least: number, most: number): number => least + Math.floor(next() * (most - least + 1));
	return {
		int,
		pick: values => {
			if (values.length === 0) throw new RangeError('nothing to pick from');
			return values[int(0, values.length - 1)]!;
		},
		chance: probability => next() < probability,
		shuffled: values => {
			const left = [...values];
			return values.map(() => left.splice(int(0, left.length - 1), 1)[0]!);
		},
	};
};
