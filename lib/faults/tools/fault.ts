import {ChangeError, type Command} from '../../change/command.ts';
import type {Look} from '../../wait/eventually.ts';
import type {TestNode, Testbed} from '../../testbed/testbed.ts';
import type {Layer} from '../../record/events.ts';
import type {Mode, Support} from '../../target.ts';

export type Plan = {
	readonly inject: readonly Command[];
	/** Puts everything back exactly; may be run more than once, and when half of it is gone already. */
	readonly undo: readonly Command[];
	/** Looks whether the fault is in force, where that takes a moment after the injection. */
	readonly inForce?: () => Promise<Look<undefined>>;
};

type Common = {
	/** What is broken, after "goes red when": `one endpoint has no DNAT rule`. */
	readonly title: string;
	readonly layer: Layer;
	/** before-body: the check's namespace is empty; settled: everything that the check made is in place and programmed. */
	readonly when: 'before-body' | 'settled';
	/** Whether it can exist there; decided before anything runs. */
	applies(target: {readonly mode: Mode}): Support;
};

/** Put in on one node, which the check that goes red must name. */
export type NodeFault = Common & {
	readonly on: 'node';
	/**
	 * The node's kube-proxy is stopped before the fault is planned: it must neither heal what is broken nor change the rules that are read
	 * for the plan.
	 */
	readonly stopsKubeProxy: boolean;
	/** Left out: the last worker. */
	choose?(testbed: Testbed): Promise<TestNode>;
	plan(testbed: Testbed, node: TestNode): Promise<Plan>;
};

export type ClusterFault = Common & {readonly on: 'cluster'; plan(testbed: Testbed): Promise<Plan>};

/** What a file of lib/faults says. */
export type FaultSpec = NodeFault | ClusterFault;

/** `id`: the name of its file, in words: `endpoint-rule`. */
export type Fault = FaultSpec & {readonly id: string};

/** The fault could not be put in or taken out. */
export class FaultError extends ChangeError {
	override name = 'FaultError';
}
