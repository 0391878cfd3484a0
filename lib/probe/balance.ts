import {chiSquareTail, chiSquareThreshold} from './chi-square.ts';
import {describeCounts, tally} from './tally.ts';
import type {Dial} from './vantage.ts';

/**
 * α: how often a healthy, random balancer may be called skewed: once in a million batches. With 600 connections and 3 backends
 * the exact rate (all outcomes counted, in the test) is 1.01e-6, and with 99 % probability it finds a backend that gets 48.2 % or 19.5 %
 * instead of a third, or one that lost an eighth of all connections to another (45.8 %, 20.8 %). A backend that gets nothing is always
 * found.
 */
export const MAX_FALSE_ALARM = 1e-6;

export type Balance = {
	/** Answers of each expected backend, zeros included. */
	readonly counts: ReadonlyMap<string, number>;
	readonly chi2: number;
	/** Degrees of freedom: expected backends less one. */
	readonly df: number;
	/** How often chance alone is as uneven as this. */
	readonly p: number;
	/** chi2 beyond which p is below α. */
	readonly threshold: number;
	/** Answers of backends that are not expected. */
	readonly foreign: ReadonlyMap<string, number>;
	/** Expected but never seen. Blamed only where chance would do that less often than α. */
	readonly missing: readonly string[];
	readonly lost: number;
	readonly ok: boolean;
	/** What is wrong, or that nothing is, in words. */
	readonly verdict: string;
};

type Shares = ReadonlyMap<string, number> | Readonly<Record<string, number>>;

const normalised = (expected: Shares): ReadonlyMap<string, number> => {
	const shares = [
		...(expected instanceof Map
			? (expected as ReadonlyMap<string, number>)
			: Object.entries(expected as Readonly<Record<string, number>>)),
	].filter(([, share]) => share > 0);
	const sum = shares.reduce((total, [, share]) => total + share, 0);
	if (sum === 0) {
		throw new RangeError('a balance needs at least one expected backend');
	}

	return new Map(shares.map(([name, share]) => [name, share / sum]));
};

const strangers = (seen: ReadonlyMap<string, number>, known: {has(name: string): boolean}): ReadonlyMap<string, number> =>
	new Map([...seen].filter(([name]) => !known.has(name)));

const always = (lost: number, foreign: ReadonlyMap<string, number>, dials: readonly Dial[]): string[] => [
	...(dials.length === 0 ? ['nothing was sent'] : []),
	...(lost > 0 ? [`${lost} of ${dials.length} connections got no answer`] : []),
	...(foreign.size > 0 ? [`answers from backends that are not expected (${describeCounts(foreign)})`] : []),
];

/**
 * Pearson's test: were the answers shared out as `expected` says (backend → probability or weight; made to sum up to 1)?
 * Every lost connection and every foreign answer counts as wrong as well. Reliable where at least 5 answers are expected of each backend;
 * the verdict says so where not.
 */
export const balance = (dials: readonly Dial[], expected: Shares, alpha = MAX_FALSE_ALARM): Balance => {
	const shares = normalised(expected);
	const {backends, lost} = tally(dials);
	const counts = new Map([...shares.keys()].map(name => [name, backends.get(name) ?? 0]));
	const foreign = strangers(backends, shares);
	const n = [...counts.values()].reduce((sum, count) => sum + count, 0);
	const chi2 =
		n === 0 ? 0 : [...shares].reduce((sum, [name, share]) => sum + ((counts.get(name) ?? 0) - n * share) ** 2 / (n * share), 0);
	const df = shares.size - 1;
	const p = chiSquareTail(chi2, df === 0 ? 1 : df);
	const threshold = chiSquareThreshold(alpha, Math.max(df, 1));
	const missing = [...counts].filter(([, count]) => count === 0).map(([name]) => name);
	// Split evenly over the backends, so that all of them together raise a false alarm with α at most.
	const blamed = n === 0 ? [] : missing.filter(name => (1 - shares.get(name)!) ** n < alpha / shares.size);
	const figures =
		`chi² ${chi2.toFixed(2)}, limit ${threshold.toFixed(2)}, p ` +
		`${p === 0 ? 'below 1e-300' : p < 0.001 ? p.toExponential(1) : p.toFixed(3)}`;
	const problems = [
		...always(lost, foreign, dials),
		...(blamed.length > 0 ? [`never seen: ${blamed.join(', ')}`] : []),
		...(p < alpha ? [`uneven beyond chance (${describeCounts(counts)}; ${figures})`] : []),
	];
	const few = n * Math.min(...shares.values()) < 5 ? '; too few answers for a reliable test' : '';
	const verdict =
		problems.length > 0 ? problems.join('; ') : `${n} answers shared out as chance would (${describeCounts(counts)}; ${figures})`;
	return {counts, chi2, df, p, threshold, foreign, missing, lost, ok: problems.length === 0, verdict: verdict + few};
};

export type RoundRobin = Pick<Balance, 'counts' | 'foreign' | 'lost' | 'ok' | 'verdict'> & {readonly spread: number};

/**
 * Exact: one scheduler that deals connections out in turn leaves at most one between the most and the least. Holds only when nobody else
 * uses that scheduler meanwhile.
 */
export const roundRobin = (dials: readonly Dial[], backends: readonly string[]): RoundRobin => {
	const seen = tally(dials);
	const counts = new Map(backends.map(name => [name, seen.backends.get(name) ?? 0]));
	const foreign = strangers(seen.backends, counts);
	const spread = backends.length === 0 ? 0 : Math.max(...counts.values()) - Math.min(...counts.values());
	const problems = [
		...always(seen.lost, foreign, dials),
		...(spread > 1 ? [`not dealt out in turn: ${spread} between the most and the least (${describeCounts(counts)})`] : []),
	];
	return {
		counts,
		foreign,
		lost: seen.lost,
		spread,
		ok: problems.length === 0,
		verdict: problems.join('; ') || `${seen.answered} answers dealt out in turn (${describeCounts(counts)})`,
	};
};
