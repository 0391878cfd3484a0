import {clusterStateOf} from '../../gather/cluster-state.ts';
import type {Fact} from '../../facts/fact.ts';
import {unseen} from '../../gather/look.ts';
import {readNode, type NodeFacts} from '../../facts/read-node.ts';
import type {ClusterState} from '../../model/state.ts';
import type {FactValues, NodeEvidence} from '../facts.ts';

/** A node and what it said of itself. */
export type SeenNode = {
	readonly name: string;
	readonly way: string;
	readonly facts: NodeFacts;
};

const read = new WeakMap<Readonly<Record<string, NodeEvidence>>, readonly SeenNode[]>();

/** The nodes of which something is known, with what they said, read once. */
export const seenNodes = (evidence: Readonly<Record<string, NodeEvidence>>): readonly SeenNode[] => {
	const known = read.get(evidence);
	if (known) return known;
	const nodes = Object.entries(evidence).map(([name, {way, texts}]) => ({
		name,
		way,
		// A snapshot of another version has not looked at all that this one does.
		facts: readNode({...unseen('not in this snapshot'), ...texts}),
	}));
	read.set(evidence, nodes);
	return nodes;
};

type FromApi = Pick<FactValues, 'services' | 'slices' | 'nodes'> & Partial<Pick<FactValues, 'proxyConfig' | 'version' | 'serviceCIDRs'>>;

const fact = <T>(value: T | undefined, source: string): Fact<T> =>
	value === undefined ? {ok: false, why: 'not known', source} : {ok: true, value, source};

/** What the model answers from, with a node as its kube-proxy sees it; or why there is no such state. */
export const stateFrom = ({services, slices, nodes, proxyConfig, version, serviceCIDRs}: FromApi, node?: NodeFacts): Fact<ClusterState> => {
	const source = 'the API and the node';
	try {
		const value = clusterStateOf(
			{
				services: {ok: true, value: {items: services, resourceVersion: ''}, source},
				slices: {ok: true, value: {items: slices, resourceVersion: ''}, source},
				nodes: {ok: true, value: {items: nodes, resourceVersion: ''}, source},
				proxyConfig: fact(proxyConfig, 'the ConfigMap kube-proxy'),
				proxyDaemonSet: {ok: false, why: 'not asked for', source},
				version: fact(version, '/version'),
				...(serviceCIDRs && {serviceCIDRs: {ok: true, value: {items: serviceCIDRs, resourceVersion: ''}, source} as const}),
			},
			node,
		);
		return {ok: true, value, source};
	} catch (error) {
		return {ok: false, why: error instanceof Error ? error.message : String(error), source};
	}
};

/** A sysctl of a node, as text; undefined: not known, or not there. */
export const sysctlOf = ({facts: {sysctls}}: SeenNode, key: string): string | undefined =>
	sysctls.ok ? sysctls.value.values.get(key) : undefined;

/** A fact of a node as it is quoted. */
export const seenOn = ({name, way}: SeenNode, what: string): string => `${what} on ${name} (${way})`;
