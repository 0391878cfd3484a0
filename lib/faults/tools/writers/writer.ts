import type {Command} from '../../../change/command.ts';
import type {Graph} from '../../../model/rules/graph.ts';
import type {IpFamily} from '../../../target.ts';
import type {TestNode} from '../../../testbed/testbed.ts';
import type {Edit} from '../edit.ts';

/** What makes edits, and what takes them back exactly. */
export type Both = {readonly inject: readonly Command[]; readonly undo: readonly Command[]};

/** Where the edits are made. `graph`: the node's rules as they are; its kube-proxy is stopped, so what a writer reads again is the same. */
export type Place = {
	readonly node: Pick<TestNode, 'name' | 'shell'>;
	readonly family: IpFamily;
	readonly graph: Graph;
};

/** Makes the edits of the containers of one tool: `where` begins as they do. */
export type Writer = {
	readonly of: RegExp;
	write(edits: readonly Edit[], place: Place): Promise<Both>;
};
