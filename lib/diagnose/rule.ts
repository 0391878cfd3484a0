import type {Layer} from '../record/events.ts';
import type {LookName} from '../facts/argv.ts';
import type {FactName, FactValues} from './facts.ts';

/**
 * error: a Service does not work for somebody. warning: it does not in a case that will come, or works otherwise than it seems. info: worth
 * knowing.
 */
export const SEVERITIES = ['error', 'warning', 'info'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** certain: the objects leave no other explanation. likely: one would be unusual. possible: depends on what cannot be seen here. */
export const CONFIDENCES = ['certain', 'likely', 'possible'] as const;
export type Confidence = (typeof CONFIDENCES)[number];

/** Something that was seen, verbatim: a field of an object, a line of a dump. */
export type Quote = {readonly from: string; readonly text: string};

export type Finding = {
	/** What it is about, as `Service shop/web` or `Node worker-1`. */
	readonly about: string;
	/** One sentence that names the cause and the objects. */
	readonly summary: string;
	readonly evidence: readonly Quote[];
	/** What to do about it, with the names filled in. */
	readonly fix: string;
	/** Lines to paste that show the same by hand. */
	readonly verify?: readonly string[];
	/** Where it is less, or more, than the rule's. */
	readonly severity?: Severity;
	/** Left out: certain. */
	readonly confidence?: Confidence;
};

/** There is nothing to judge, and why. */
export type NotApplicable = {readonly notApplicable: string};
export const notApplicable = (why: string): NotApplicable => ({notApplicable: why});

type Known<Need extends FactName, See extends FactName> = {readonly [Name in Need]: FactValues[Name]} & {
	readonly [Name in See]?: FactValues[Name];
} & {
	/** When it was looked (ms since 1970). */
	readonly atMs: number;
};

type About = {
	/** A statement that holds where all is well. */
	readonly title: string;
	readonly severity: Severity;
	readonly layer: Layer;
	/** What a violation does to users, and how it comes about. */
	readonly why: string;
	/** How to see it by hand. */
	readonly verify: readonly string[];
	readonly fix: string;
	readonly refs: readonly string[];
	/** Rows of the specification, as `2` or `46`, that it covers: for whoever looks for what is missing. */
	readonly steps?: readonly number[];
	/** It also speaks of objects in namespaces that are being deleted; what others say of those is about to be over. */
	readonly ofGoing?: boolean;
	/** Rules whose findings about the same object are consequences of this one's. */
	readonly explains?: readonly string[];
	/** Of rules about nodes: what of each node must be known before it is a pass. */
	readonly looks?: readonly LookName[];
	/** Looks at nodes that would make its findings surer. */
	readonly confirmedBy?: readonly LookName[];
};

/** A rule as it is run: id from the file's name. */
export type Rule = About & {
	readonly id: string;
	/** Without one of these it cannot be judged. */
	readonly needs: readonly FactName[];
	/** Looked at where they are there. */
	readonly sees: readonly FactName[];
	evaluate(facts: Known<FactName, never>): readonly Finding[] | NotApplicable;
};

/** Declares a rule: a pure function of the facts that it names. */
export const rule = <Need extends FactName, See extends FactName = never>({
	needs,
	sees = [],
	evaluate,
	...about
}: About & {
	readonly needs: readonly Need[];
	readonly sees?: readonly See[];
	readonly evaluate: (facts: Known<Need, See>) => readonly Finding[] | NotApplicable;
}): Omit<Rule, 'id'> => ({...about, needs, sees, evaluate: evaluate as Rule['evaluate']});
