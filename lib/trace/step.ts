import type {Path, Trail} from './path.ts';

/** What follows after a rule. */
export type Step =
	| {readonly then: 'next' | 'return' | 'accept' | 'drop' | 'refuse'}
	| {readonly then: 'jump' | 'goto'; readonly chain: string}
	| {readonly then: 'unknown'; readonly why: string};

export type Branch = {readonly path: Path; readonly step: Step};

export const NEXT = {then: 'next'} as const;

/** How a walk through a chain ended. `by`: the rule that ended it; none: the end of the chain. */
export type Ended = {
	readonly path: Path;
	readonly end: 'return' | 'accept' | 'drop' | 'refuse' | 'unknown';
	readonly by?: Trail;
	/** Of `unknown`. */ readonly why?: string;
};
