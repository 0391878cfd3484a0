import type {Mode} from '../target.ts';
import type {Testbed} from './testbed.ts';

/** What a check must hold alone; everything else runs side by side. */
export const LOCKS = ['rules', 'proxy', 'node', 'dns', 'cluster'] as const;
export type Lock = (typeof LOCKS)[number];

/** What a check needs of the target beyond the API. */
export const NEEDS = ['node-access', 'outside-host'] as const;
export type Need = (typeof NEEDS)[number];

export type CheckSpec = {
	/** The statement that is proven, as a sentence a user would say. */
	readonly title: string;
	/** KEP, issue, documentation or source that the expectation comes from. */
	readonly refs: readonly string[];
	/** Left out: all. */
	readonly modes?: readonly Mode[];
	readonly needs?: readonly Need[];
	/** Compares rules with those that the model makes: only for versions of kube-proxy whose rules it knows (`knowsRules`). */
	readonly exactRules?: true;
	/** Whole time of the check, set-up included; left out: DEFAULT_BUDGET_MS. */
	readonly budgetMs?: number;
	readonly exclusive?: readonly Lock[];
} & ({/** Faults (ids of lib/faults) that must turn it red. */ readonly faults: readonly string[]} | {readonly noFault: string});

export type Body = (testbed: Testbed) => Promise<void>;
export type Check = CheckSpec & {readonly body: Body};

/** Declares a check: data and one function. Its id is its path below suites/, without the ending. */
const check = (spec: CheckSpec, body: Body): Check => ({...spec, body});
export default check;
