import {CHAINS} from './names.ts';

const DRAW = /^-m statistic --mode random --probability ([\d.]+)$/;

/** To which endpoint's chain a rule sends what share of what is left when it is reached; undefined: it is no rule of a choice by chance. */
const drawOf = (pieces: readonly string[]): {readonly to: string; readonly probability: number} | undefined => {
	const target = pieces.at(-1)?.replace(/^-j /, '') ?? '';
	const [, probability = ''] = DRAW.exec(pieces[0] ?? '') ?? [];
	if (!target.startsWith(CHAINS.endpoint) || pieces.length !== (probability === '' ? 1 : 2)) return undefined;
	return {to: target, probability: probability === '' ? 1 : Number(probability)};
};

/** What each rule of a chain gives to an endpoint, of all that is shared out in that chain; undefined for rules that share nothing out. */
export const sharesOf = (
	rules: ReadonlyArray<readonly string[]>,
): ReadonlyArray<{readonly to: string; readonly of: number} | undefined> => {
	let left = 1;
	return rules.map(pieces => {
		const draw = drawOf(pieces);
		if (!draw) return undefined;
		const of = left * draw.probability;
		left -= of;
		return {to: draw.to, of};
	});
};
