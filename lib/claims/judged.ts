import type {Outcome} from '../record/events.ts';
import type {Run} from '../record/run.ts';
import type {Claim, ClaimVerdict} from './claim.ts';

/** A statement with what the run says of it; plain JSON. */
export type ClaimRun = Pick<Claim, 'id' | 'statement' | 'expected'> & {
	readonly refs: readonly string[];
	/** Of the whole run: one of ClaimVerdict, or `holds in iptables; does not hold in ipvs`. */
	readonly verdict: string;
	readonly targets: readonly {
		/** Left out: it is about all targets together. */
		readonly target?: string;
		readonly mode?: string;
		readonly verdict: ClaimVerdict;
		readonly why: string;
		readonly evidence: readonly {
			readonly target: string;
			readonly check: string;
			readonly outcome: Outcome;
		}[];
	}[];
};

/** Of two that both decide nothing, the one that has seen more. */
const UNDECIDED: readonly ClaimVerdict[] = ['unclear', 'not testable here', 'not tested'];

const together = (judged: ClaimRun['targets']): string => {
	const decided = (['holds', 'does not hold'] as const).map(verdict => ({
		verdict,
		modes: [...new Set(judged.flatMap(one => (one.verdict === verdict ? [one.mode ?? ''] : [])))],
	}));
	const said = decided.filter(({modes}) => modes.length > 0);
	if (said.length === 2) return said.map(({verdict, modes}) => `${verdict} in ${modes.join(', ')}`).join('; ');
	return said[0]?.verdict ?? UNDECIDED.find(verdict => judged.some(one => one.verdict === verdict)) ?? 'not tested';
};

/** What a run says of each statement; none in a run that put faults in, whose reds are wanted. */
export const judgeClaims = (run: Run, claims: readonly Claim[]): readonly ClaimRun[] => {
	if (run.targets.length === 0 || run.targets.some(({checks}) => checks.some(({fault}) => fault))) return [];
	return claims.map(({id, statement, expected, refs = [], judge}) => {
		const all =
			typeof judge === 'function'
				? run.targets.map(target => ({target: target.key, mode: target.spec.mode as string, on: [target], ...judge(target)}))
				: [{on: run.targets, ...judge.modes(run)}];
		const targets = all.map(({on, checks, ...said}) => ({
			...said,
			evidence: on.flatMap(({key, checks: own}) =>
				own.filter(check => checks.includes(check.id)).map(check => ({target: key, check: check.id, outcome: check.outcome})),
			),
		}));
		return {id, statement, expected, refs, verdict: together(targets), targets};
	});
};

export const isDecided = ({verdict}: Pick<ClaimRun, 'verdict'>): boolean => !UNDECIDED.some(one => one === verdict);
