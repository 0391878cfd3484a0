import type {NodeKernel} from '../target.ts';
import type {Defect, EventBody, Problem} from '../record/events.ts';
import type {Locks} from './check.ts';
import type {OpenTestbed, Testbed} from '../testbed/testbed.ts';

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
	/** What the nodes of the target are; left out: the host's kernel. */
	readonly nodeKernel?: NodeKernel;
	readonly runDir: string;
	readonly emit: (event: EventBody) => void;
	/** Aborts with the run. */
	readonly signal: AbortSignal;
	readonly open: OpenTestbed;
	/** Takes the check's locks and answers how to give them back; left out where checks run one at a time. */
	readonly acquire?: (locks: Locks, signal: AbortSignal) => Promise<() => void>;
	readonly hooks?: Hooks;
	/** Watches this run's own machine while a check runs (`watchMachine`); left out: its reds say nothing of it. */
	readonly watch?: () => () => string | undefined;
	/** The defect of this target's Kubernetes that explains a red of a check; left out where a red must stay one. */
	readonly known?: (id: string, problem?: Problem) => Defect | undefined;
};
