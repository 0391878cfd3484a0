import type {Graph} from '../model/rules/graph.ts';
import {take, type Found} from './tools/edit.ts';
import {ruleFault, type Breach} from './tools/rule-fault.ts';

const partsAt = (graph: Graph, at: RegExp): readonly Found[] =>
	[...graph.values()].filter(({where}) => at.test(where)).flatMap(({where, parts}) => parts.map(part => ({where, part})));

/** Without the rule that lets pass what has no mark. */
const unmarked: Breach = graph =>
	partsAt(graph, /^nat KUBE-POSTROUTING$/)
		.filter(({part}) => part.pieces.at(-1) === '-j RETURN')
		.map(take);

/** With the rule that masquerades what has the mark doing so with everything. */
const everything: Breach = graph =>
	partsAt(graph, / chain masquerading$/)
		.filter(({part}) => part.text.includes('mark') && part.text.includes('masquerade'))
		.map(({where, part}) => ({kind: 'change', where, part, to: 'masquerade fully-random'}));

export const masqueraded = {iptables: unmarked, nftables: everything, ipvs: unmarked} as const;

export default ruleFault('one node masquerades everything, as with masqueradeAll or a wrong clusterCIDR', masqueraded);
