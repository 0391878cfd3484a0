import {partsFor, take, type Found} from './tools/edit.ts';
import {ruleFault, type Breach} from './tools/rule-fault.ts';

/** The rules of the Services' own chains that mark what comes from others than pods. */
const ofChains: Breach = (graph, namespace) =>
	partsFor(graph, namespace)
		.filter(({where, part}) => where.startsWith('nat KUBE-SVC-') && part.role === 'masquerade')
		.map(take);

/** The rule that does so for all Services. */
const ofAll =
	(chain: RegExp): Breach =>
	graph =>
		[...graph.values()]
			.filter(({where}) => chain.test(where))
			.flatMap(({where, parts}): readonly Found[] => parts.filter(({role}) => role === 'masquerade').map(part => ({where, part})))
			.map(take);

export const masqueradeStrangers = {iptables: ofChains, nftables: ofAll(/ chain services$/), ipvs: ofAll(/^nat KUBE-SERVICES$/)} as const;

export default ruleFault('one node does not masquerade what comes to a ClusterIP from outside the cluster', masqueradeStrangers);
