import {DUMMY} from '../model/rules/ipvs/addresses.ts';
import {targetsOf} from '../model/rules/ipvs/servers.ts';
import {containersFor, partsFor, take, type Found} from './tools/edit.ts';
import {ruleFault, type Breach} from './tools/rule-fault.ts';

/** The rules that refuse for the namespace's Services without endpoints. */
const rules: Breach = (graph, namespace) =>
	partsFor(graph, namespace)
		.filter(({where, part}) => where === 'filter KUBE-SERVICES' && part.pieces.at(-1)?.startsWith('-j REJECT'))
		.map(take);

/**
 * In nftables two things refuse: the element of no-endpoint-services, and cluster-ips-check, which refuses what no Service took
 * for every address of the set cluster-ips; what is in neither is dropped.
 */
const elements: Breach = (graph, namespace) => {
	const own = partsFor(graph, namespace).filter(({where}) => where.endsWith(' map no-endpoint-services'));
	const addresses = own.map(({part}) => part.text.split(' ')[0]);
	const refusing = [...graph.values()]
		.filter(({where}) => where.endsWith(' set cluster-ips'))
		.flatMap(({where, parts}): readonly Found[] => parts.filter(({text}) => addresses.includes(text)).map(part => ({where, part})));
	return [...own, ...refusing].map(take);
};

/**
 * A virtual server without real servers refuses, but only what comes in to it: for an address that the node does not have, that is nothing.
 */
const addresses: Breach = (graph, namespace) => {
	const refusing = containersFor(graph, namespace).filter(server => server.where.startsWith('ipvs ') && targetsOf(server).length === 0);
	return (graph.get(DUMMY)?.parts ?? [])
		.filter(({pieces: [address]}) => refusing.some(({where}) => where.replace(/^ipvs \w+ \[?(.+?)\]?:\d+$/, '$1') === address))
		.map(part => take({where: DUMMY, part}));
};

export const refusal = {iptables: rules, nftables: elements, ipvs: addresses} as const;

export default ruleFault('one node does not refuse for a Service without endpoints', refusal);
