import type {Kube} from '../kube.ts';
import type {Chart, Scene} from '../record/drawn.ts';
import type {Grid, Problem} from '../record/events.ts';
import type {Spending} from '../record/said.ts';
import type {ClusterRef, IpFamily, Mode, NodeRef} from '../target.ts';
import type {TakeBack} from '../change/changes.ts';
import type {Change} from '../change/command.ts';
import type {Shell} from '../shell/shell.ts';
import type {Leases} from './leases.ts';
import type {Vantage} from '../probe/vantage.ts';

/** A node under test and a shell on it; `ips` are its addresses in the testbed's family, `ip` is the first of them. */
export type TestNode = NodeRef & {readonly ip: string; readonly shell: Shell};

/** A pod of the check's namespace. */
export type PodRef = {
	readonly name: string;
	readonly node: string;
};

/** The host outside and a shell on it. */
export type Outside = NonNullable<ClusterRef['outside']> & {readonly shell: Shell};

/** All that a check's body gets to work with. */
export type Testbed = {
	readonly cluster: ClusterRef;
	readonly mode: Mode;
	/** Address family of this run of the check. */
	readonly family: IpFamily;
	/** A namespace of the check's own, labelled vipcheck.run=<id>; removed afterwards. */
	readonly namespace: string;
	readonly kube: Kube;
	/** Aborts when the budget is used up or the run is interrupted. */
	readonly signal: AbortSignal;
	readonly nodes: readonly TestNode[];
	readonly workers: readonly [TestNode, ...TestNode[]];
	/** Where the cluster has a host outside; the compiler knows it of checks that need `outside-host`. */
	readonly outside?: Outside;
	/** Places to send from; each is opened once for all checks of a suite. */
	readonly vantage: {
		/** A long-lived client pod on this node. */
		pod(node: string): Promise<Vantage>;
		/** The node's own network namespace. */
		node(node: string): Promise<Vantage>;
		/** A host on the segment that is not a node. */
		outside(): Promise<Vantage>;
		/** One of the check's own pods, made with `client: true`. */
		inside(pod: PodRef): Promise<Vantage>;
	};
	/**
	 * Makes a change of the cluster (./change/domain.ts: links, power, daemons; ./change/proxy-config.ts) and answers what takes it back.
	 * Whatever the check leaves in is taken back after it, and after a killed run by the next one: the undo is on disk first.
	 * The check must hold the lock of what it changes (`node`, `proxy`, `cluster`).
	 */
	change(change: Change): Promise<TakeBack>;
	/**
	 * The host outside reaches each address by the node given for it; taken back with the check, these routes alone. Needs `outside-host`.
	 */
	routeOutside(via: ReadonlyMap<string, Pick<TestNode, 'ip'>>): Promise<TakeBack>;
	/** Deals out what must be unique in the cluster: nobody else gets the same, in this run or another one beside it. */
	lease<What extends keyof Leases>(what: What, count: number): Promise<readonly Leases[What][]>;
	/** Says what is being done; shown in the report with its time. */
	step(text: string): void;
	/** A measured figure, shown in the report. */
	number(name: string, value: number, unit: string): void;
	grid(grid: Grid): void;
	/** Shown as a drawing: shares of backends, what was seen over time, how rules differ. */
	chart(chart: Chart): void;
	/** Notes pods and addresses that were made, for the drawing of the cluster. */
	scene(made: Partial<Scene>): void;
	/**
	 * Notes that the rules of every node held a Service (`namespace/name`) completely when it and its endpoints had these versions
	 * (lib/chain/versions.ts): what is gone later was taken away.
	 */
	sawProgrammed(service: string, versions: string): void;
	/** Does some work of the testbed's tools and counts its time (bench/run.ts shows it). */
	spend<T>(on: Spending, work: () => Promise<T>): Promise<T>;
	/** Saves what was seen as a file of the run. */
	evidence(name: string, content: string): void;
	/**
	 * Ends the set-up: everything the check made is in place and programmed. A fault run injects its fault here,
	 * so what comes after must be able to see it.
	 */
	settled(): Promise<void>;
	/**
	 * Gives the verdict on one row of a check that has `rows`: `judge` throws a Violation where it is red. What it reports is told of this
	 * row alone. Does nothing for a row that the plan leaves out. Throws RangeError for a name that is no row.
	 */
	row(name: string, judge: (recorder: RowRecorder) => unknown): Promise<void>;
};

/** What is reported of one check or one row. */
export type RowRecorder = Pick<Testbed, 'step' | 'number' | 'grid' | 'chart' | 'scene' | 'evidence'>;

/** What a testbed reports while the body works with it. */
export type Recorder = RowRecorder & Pick<Testbed, 'settled' | 'row'>;

export type OpenTestbed = (seat: {
	readonly id: string;
	readonly signal: AbortSignal;
	readonly recorder: Recorder;
	/** Told at the end what the check spent its time on, in all. */
	readonly spent?: (on: Spending, ms: number) => void;
}) => Promise<OpenedTestbed>;
/** Testbeds on one cluster, for the checks of one process. */
export type Testbeds = {
	readonly open: OpenTestbed;
	/** Ends what they share. */
	close(): Promise<void>;
};
export type OpenedTestbed = {
	readonly testbed: Testbed;
	/** After a red: saves what the cluster says about the check's namespace. */
	autopsy?(): Promise<void>;
	/** After a red that names no layer: finds the first broken one, from evidence; or what is suspected where none is proven broken. */
	firstBroken?(problem: Problem): Promise<Pick<Problem, 'chain' | 'layer' | 'suspected'>>;
	/** Takes back what the check has changed of the cluster and left so. */
	takeBack?(): Promise<void>;
	/** Has the namespace deleted. */
	close(): Promise<void>;
};
