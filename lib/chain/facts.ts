import type {V1EndpointSlice, V1Pod, V1Service} from '@kubernetes/client-node';
import type {Fact} from '../facts/fact.ts';
import type {NodeFacts} from '../facts/read-node.ts';
import type {ClusterState} from '../model/state.ts';
import type {Dial} from '../probe/vantage.ts';
import type {IpFamily} from '../target.ts';

/** A few connections from a node's own network to an address, not by a Service. */
export type Dialled = {
	readonly from: string;
	/** Where the address is. */
	readonly node: string;
	readonly kind: 'pod' | 'node';
	/** Of the pod or node. */
	readonly name: string;
	readonly ip: string;
	readonly port: number;
	readonly protocol: 'TCP' | 'UDP';
	readonly dials: Fact<readonly Dial[]>;
};

/** One question to one DNS server, and what is wrong with its answer; empty: nothing. */
export type Looked = {
	readonly server: string;
	readonly question: string;
	readonly faults: Fact<readonly string[]>;
};

/** A node that the walk looks at. */
export type WalkedNode = {
	readonly name: string;
	/** Of the family. */
	readonly ip: string;
	/** The red names it, or it names none; others are there because backends run on them. */
	readonly suspected: boolean;
	readonly facts: NodeFacts;
	/** As its kube-proxy must see it. */
	readonly state: Fact<ClusterState>;
};

/** All that the walk judges: of the namespace of one check, in one family. Nothing in it is looked up later. */
export type ChainFacts = {
	readonly namespace: string;
	readonly family: IpFamily;
	/** When it was looked. */
	readonly atMs: number;
	/** Of the namespace, and the DNS Service where the check asked for names. */
	readonly services: Fact<readonly V1Service[]>;
	readonly slices: Fact<readonly V1EndpointSlice[]>;
	/** Of the whole cluster. */
	readonly pods: Fact<readonly V1Pod[]>;
	readonly nodes: readonly WalkedNode[];
	readonly dials: readonly Dialled[];
	/** Left out: the check asked no DNS server anything. */
	readonly lookups?: Fact<readonly Looked[]>;
	/** Services of which the check has seen the rules complete on every node, with their versions then (`versionsOf`). */
	readonly seen: ReadonlyMap<string, string>;
};
