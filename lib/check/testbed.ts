import type {Kube} from '../kube.ts';
import type {Grid} from '../events.ts';
import type {ClusterRef, IpFamily, Mode, NodeRef} from '../target.ts';
import type {TakeBack} from './change/changes.ts';
import type {Change} from './change/command.ts';
import type {Shell} from '../shell/shell.ts';
import type {Vantage} from '../probe/vantage.ts';

/** A node under test and a shell on it; `ips` are its addresses in the testbed's family, `ip` is the first of them. */
export type TestNode = NodeRef & {readonly ip: string; readonly shell: Shell};

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
	/** Places to send from; each is opened once and closed with the check. */
	readonly vantage: {
		/** A long-lived client pod on this node. */
		pod(node: string): Promise<Vantage>;
		/** The node's own network namespace. */
		node(node: string): Promise<Vantage>;
		/** A host on the segment that is not a node. */
		outside(): Promise<Vantage>;
	};
	/**
	 * Makes a change of the cluster (./change/domain.ts: links, power, daemons; ./change/proxy-config.ts) and answers what takes it back.
	 * Whatever the check leaves in is taken back after it, and after a killed run by the next one: the undo is on disk first.
	 * The check must hold the lock of what it changes (`node`, `proxy`, `cluster`).
	 */
	change(change: Change): Promise<TakeBack>;
	/** Says what is being done; shown in the report with its time. */
	step(text: string): void;
	/** A measured figure, shown in the report. */
	number(name: string, value: number, unit: string): void;
	grid(grid: Grid): void;
	/** Notes that the rules of every node held a Service (`namespace/name`) completely when it and its endpoints had these versions (lib/chain/versions.ts): what is gone later was taken away. */
	sawProgrammed(service: string, versions: string): void;
	/** Saves what was seen as a file of the run. */
	evidence(name: string, content: string): void;
	/**
	 * Ends the set-up: everything the check made is in place and programmed. A fault run injects its fault here,
	 * so what comes after must be able to see it.
	 */
	settled(): Promise<void>;
};
