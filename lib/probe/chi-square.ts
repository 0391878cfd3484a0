/** ln Γ(a) for a multiple of ½: exact products, no approximation. */
const logGamma = (a: number): number => {
	let sum = a % 1 === 0 ? 0 : Math.log(Math.PI) / 2;
	for (let k = a - 1; k > 0; k--) {
		sum += Math.log(k);
	}

	return sum;
};

/**
 * The probability that chi-square with `df` degrees of freedom is at least `x`: the upper regularised incomplete gamma
 * function Q(df/2, x/2), by its series below a + 1 and by Lentz's continued fraction above (Numerical Recipes 6.2), so
 * tails far below 1e-16 keep their digits.
 */
export const chiSquareTail = (x: number, df: number): number => {
	const [a, z] = [df / 2, x / 2];
	if (df === 0 || z <= 0) {
		return z <= 0 ? 1 : 0;
	}

	const scale = Math.exp(a * Math.log(z) - z - logGamma(a));
	if (z < a + 1) {
		let term = 1 / a;
		let sum = term;
		for (let n = 1; term > sum * 1e-17; n++) {
			sum += term *= z / (a + n);
		}

		return 1 - scale * sum;
	}

	let b = z + 1 - a;
	let c = Number.MAX_VALUE;
	let d = 1 / b;
	let h = d;
	for (let n = 1, step = 0; Math.abs(step - 1) > 1e-15 && n < 10_000; n++) {
		const an = n * (a - n);
		b += 2;
		d = 1 / (b + an * d);
		c = b + an / c;
		step = c * d;
		h *= step;
	}

	return scale * h;
};

/** The value that chi-square with `df` degrees of freedom reaches with probability `alpha` only. */
export const chiSquareThreshold = (alpha: number, df: number): number => {
	let [low, high] = [0, df + 10];
	while (chiSquareTail(high, df) > alpha) {
		high *= 2;
	}

	for (let i = 0; i < 100; i++) {
		const middle = (low + high) / 2;
		[low, high] = chiSquareTail(middle, df) > alpha ? [middle, high] : [low, middle];
	}

	return high;
};
