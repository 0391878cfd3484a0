import type {Run, TargetRun} from '../record/run.ts';

/**
 * unclear: what would show it was looked at, and came out otherwise than needed. not testable here: this cluster cannot show it, with the
 * reason. not tested: it could, but nothing in this run has looked.
 */
export type ClaimVerdict = 'holds' | 'does not hold' | 'unclear' | 'not testable here' | 'not tested';

/** What a run says of a statement on one of its targets. */
export type Judged = {
	readonly verdict: ClaimVerdict;
	/** What was measured, or why nothing was. */
	readonly why: string;
	/** Checks of the target that it rests on, by their ids in the run. */
	readonly checks: readonly string[];
};

/** Judges by what one target's checks have shown; pure. */
export type Judge = (target: TargetRun) => Judged;

/** A statement about Services as notes and posts repeat it. */
export type Claim = {
	readonly id: string;
	readonly statement: string;
	/** What its source code and documentation let expect: no result, the cluster decides. */
	readonly expected: string;
	readonly refs?: readonly string[];
	/** By one target alone, or by what several modes show beside each other. */
	readonly judge: Judge | {readonly modes: (run: Run) => Judged};
};
