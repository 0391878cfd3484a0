import type {IpFamily, Mode} from '../target.ts';
import type {Outside, Testbed} from '../testbed/testbed.ts';
import type {Need} from './needs.ts';

/** What a check must hold alone; everything else runs side by side. */
export type Lock = 'rules' | 'proxy' | 'node' | 'dns' | 'cluster';
export type Locks = Pick<CheckSpec, 'exclusive' | 'uses'>;

export type CheckSpec = {
	/** The statement that is proven, as a sentence a user would say. */
	readonly title: string;
	/**
	 * Why it matters, in one or two sentences of 60 to 280 characters: what users suffer where it does not hold, from what cause, and where
	 * it is seen. Left out only where rows say it, each for itself.
	 */
	readonly why?: string;
	/** KEP, issue, documentation or source that the expectation comes from. */
	readonly refs: readonly string[];
	/** Left out: all. */
	readonly modes?: readonly Mode[];
	/** Left out: both. */
	readonly families?: readonly IpFamily[];
	/** What it needs of the target beyond the API (./needs.ts). */
	readonly needs?: readonly Need[];
	/** Compares rules with those that the model makes: only for versions of kube-proxy whose rules it knows (`knowsRules`). */
	readonly exactRules?: true;
	/** Whole time of the check, set-up included; left out: DEFAULT_BUDGET_MS. */
	readonly budgetMs?: number;
	/** Why it runs only where --match names checks, in words that go before "name it": it `makes thousands of Services`. */
	readonly whenNamed?: string;
	readonly exclusive?: readonly Lock[];
	/** Locks that must not be taken from it meanwhile, but that others may use beside it. */
	readonly uses?: readonly Lock[];
	/** One body, many verdicts: each has an id of its own, `suite/check/row`, and is given by `testbed.row(name, …)`. */
	readonly rows?: Readonly<Record<string, Row>>;
} & ({/** Faults (ids of lib/faults) that must turn it red. */ readonly faults: readonly string[]} | {readonly noFault: string}) &
	({readonly rows: Readonly<Record<string, Row>>} | {readonly why: string});

/** One of the verdicts of a check; what it leaves out is the check's own. */
export type Row = Partial<Pick<CheckSpec, 'modes' | 'needs' | 'refs'>> & {
	/** The statement that this row proves. */
	readonly title: string;
	/** Why it matters, as of a check. */
	readonly why: string;
	/** Where its check says `noFault`, that does not hold for this row. */
	readonly faults?: readonly string[];
};

export type Body = (testbed: Testbed) => Promise<void>;
export type Check = CheckSpec & {readonly body: Body};

/** The testbed of a check with these needs: `outside` is there for those that need it. */
type Given<Needed extends readonly Need[]> = Testbed & ('outside-host' extends Needed[number] ? {readonly outside: Outside} : unknown);

/** Declares a check: data and one function. Its id is its path below suites/, without the ending. */
const check = <const Needed extends readonly Need[] = readonly []>(
	spec: CheckSpec & {readonly needs?: Needed},
	body: (testbed: Given<Needed>) => Promise<void>,
	// The plan lets it run only where its needs are met.
): Check => ({...spec, body: body as Body});
export default check;
