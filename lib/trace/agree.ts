import {hostPort} from '../model/address.ts';
import type {Backend, Verdict, VerdictPart} from '../model/verdict.ts';

export type Tolerance = {
	/**
	 * How far two probabilities may lie apart: for a trace the rounding of the rules (iptables keeps 31 bits), for the wire what chance
	 * allows.
	 */
	readonly probability: number;
};

const EXACT: Tolerance = {probability: 1e-6};

const percent = (probability: number): string => `${Number((probability * 100).toFixed(3))} %`;

/** Backends by address and source, each once. */
const sharesOf = (backends: readonly Backend[]): ReadonlyMap<string, number> => {
	const shares = new Map<string, number>();
	for (const {ip, port, source, probability} of backends) {
		const key = `${hostPort(ip, port)}${source === 'rewritten' ? ' (source rewritten)' : ''}`;
		shares.set(key, (shares.get(key) ?? 0) + probability);
	}

	return shares;
};

/** What differs between two distributions; undefined: nothing. */
const apart = (
	expected: ReadonlyMap<string, number>,
	actual: ReadonlyMap<string, number>,
	{probability}: Tolerance,
): string | undefined => {
	const wrong = [...new Set([...expected.keys(), ...actual.keys()])]
		.toSorted()
		.filter(key => Math.abs((expected.get(key) ?? 0) - (actual.get(key) ?? 0)) > probability);
	return wrong.length === 0
		? undefined
		: wrong.map(key => `${key}: expected ${percent(expected.get(key) ?? 0)}, found ${percent(actual.get(key) ?? 0)}`).join('; ');
};

const seconds = (sticky: number | undefined, none: string): string => (sticky === undefined ? none : `affinity of ${sticky} s`);

/** Each outcome with its share of all connections: `refused`, `10.0.0.1:80`. */
const outcomesOf = (parts: readonly VerdictPart[]): ReadonlyMap<string, number> => {
	const shares = new Map<string, number>();
	for (const {probability, verdict} of parts) {
		const each =
			verdict.kind === 'backends'
				? sharesOf(verdict.backends)
				: verdict.kind === 'mixed'
					? outcomesOf(verdict.parts)
					: new Map([[verdict.kind, 1]]);
		for (const [outcome, share] of each) shares.set(outcome, (shares.get(outcome) ?? 0) + share * probability);
	}

	return shares;
};

const short = (verdict: Verdict): string =>
	verdict.kind === 'backends' ? `backends ${[...sharesOf(verdict.backends).keys()].join(', ')}` : verdict.kind;

/**
 * How two verdicts about one packet differ, in one line with what each says for itself; undefined: they agree. The reasons (`because`) are
 * not compared. A verdict that is unknown agrees with none.
 */
export const difference = (expected: Verdict, actual: Verdict, tolerance: Tolerance = EXACT): string | undefined => {
	const told = (what: string) => `${what} [expected because: ${expected.because}] [found because: ${actual.because}]`;
	if (expected.kind === 'unknown' || actual.kind === 'unknown') return told(`expected ${short(expected)}, found ${short(actual)}`);
	if (expected.kind === 'mixed' || actual.kind === 'mixed') {
		const found = apart(outcomesOf([{probability: 1, verdict: expected}]), outcomesOf([{probability: 1, verdict: actual}]), tolerance);
		return found === undefined ? undefined : told(found);
	}

	if (expected.kind !== actual.kind) return told(`expected ${short(expected)}, found ${short(actual)}`);
	if (expected.kind !== 'backends' || actual.kind !== 'backends') return undefined;
	const found = [
		apart(sharesOf(expected.backends), sharesOf(actual.backends), tolerance),
		expected.sticky === actual.sticky
			? undefined
			: `expected ${seconds(expected.sticky, 'no affinity')}, found ` +
				`${seconds(actual.sticky, 'none that holds alike for every backend')}`,
	].filter(text => text !== undefined);
	return found.length === 0 ? undefined : told(found.join('; '));
};
