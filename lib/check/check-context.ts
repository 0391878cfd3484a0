import type {EventBody, Problem} from '../events.ts';
import type {Lock} from './check.ts';
import type {Testbed} from './testbed.ts';

/** What a testbed reports while the body works with it. */
export type Recorder = Pick<Testbed, 'step' | 'number' | 'grid' | 'evidence' | 'settled'>;

export type OpenTestbed = (seat: {readonly id: string; readonly signal: AbortSignal; readonly recorder: Recorder}) => Promise<OpenedTestbed>;
export type OpenedTestbed = {
	readonly testbed: Testbed;
	/** After a red: saves what the cluster says about the check's namespace. */
	autopsy?(): Promise<void>;
	/** After a red that names no layer: finds the first broken one, from evidence. */
	firstBroken?(problem: Problem): Promise<Problem['layer']>;
	/** Takes back what the check has changed of the cluster and left so. */
	takeBack?(): Promise<void>;
	/** Closes the vantages and has the namespace deleted. */
	close(): Promise<void>;
};

/** A fault run puts its fault in through these. */
export type Hooks = {
	/** The namespace exists, the body has not begun. */
	beforeBody?(testbed: Testbed): Promise<void>;
	settled?(testbed: Testbed): Promise<void>;
	/** The body has ended, the namespace is still there. */
	afterBody?(): Promise<void>;
};

/** All that runCheck needs besides the check. */
export type CheckContext = {
	readonly target: string;
	readonly runDir: string;
	readonly emit: (event: EventBody) => void;
	/** Aborts with the run. */
	readonly signal: AbortSignal;
	readonly open: OpenTestbed;
	/** Takes the check's locks and answers how to give them back; left out where checks run one at a time. */
	readonly acquire?: (exclusive: readonly Lock[], signal: AbortSignal) => Promise<() => void>;
	readonly hooks?: Hooks;
};
