import type {Testbed, TestNode} from '../testbed/testbed.ts';
import {firstOf} from './tools/choices.ts';
import {partsFor, take, type Found} from './tools/edit.ts';
import {ruleFault, type Breach} from './tools/rule-fault.ts';

/** The rules that mark what an endpoint sends to itself. */
const rules: Breach = (graph, namespace) =>
	partsFor(graph, namespace)
		.filter(({where, part}) => where.startsWith('nat KUBE-SEP-') && part.role === 'masquerade')
		.map(take);

/** Those of all the node's endpoints: the elements name no Service. */
const elements: Breach = graph =>
	[...graph.values()]
		.filter(({where}) => / set hairpin-connections$/.test(where))
		.flatMap(({where, parts}): readonly Found[] => parts.filter(({role}) => role === 'masquerade').map(part => ({where, part})))
		.map(take);

/** The same of a set of ipset. */
const entries: Breach = graph =>
	[...graph.values()]
		.filter(({where}) => /^ipset KUBE-(?:6-)?LOOP-BACK$/.test(where))
		.flatMap(({where, parts}): readonly Found[] => parts.map(part => ({where, part})))
		.map(take);

export const hairpinMasquerade = {iptables: rules, nftables: elements, ipvs: entries} as const;

/** Where an endpoint is. */
const choose = async ({kube, namespace, nodes}: Testbed): Promise<TestNode> => {
	const {items} = await kube.core.listNamespacedPod({namespace});
	return firstOf(
		nodes.filter(({name}) => items.some(({spec}) => spec?.nodeName === name)),
		`no node with a pod of ${namespace}`,
	);
};

export default {...ruleFault('one node does not masquerade what a pod sends to itself', hairpinMasquerade), choose};
