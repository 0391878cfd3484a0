import {partsFor, take} from './tools/edit.ts';
import {ruleFault, type Breach} from './tools/rule-fault.ts';

/** What asks for a client that came before: rules of the Service's chain, or the persistence of a virtual server. */
const ASKS = /^nat KUBE-SV[CL]-| chain (?:service|local)-|^ipvs /;

export const affinityLost: Breach = (graph, namespace) =>
	partsFor(graph, namespace)
		.filter(({where, part}) => part.role === 'affinity' && ASKS.test(where))
		.map(take);

export default ruleFault('one node forgets which endpoint a client had', affinityLost);
