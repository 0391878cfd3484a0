import {partsFor, take} from './tools/edit.ts';
import {ruleFault, type Breach} from './tools/rule-fault.ts';

/** Rules of the chain for what comes from outside, or entries of the sets of node ports and external addresses that are masqueraded. */
const MARKS = /^nat KUBE-EXT-| chain external-|^ipset KUBE-(?:6-)?(?:NODE-PORT-(?:TCP|UDP)|EXTERNAL-IP|LOAD-BALANCER)$/;

export const masqueradeMissing: Breach = (graph, namespace) =>
	partsFor(graph, namespace)
		.filter(({where, part}) => MARKS.test(where) && (where.startsWith('ipset ') || part.role === 'masquerade'))
		.map(take);

export default ruleFault('one node does not masquerade what comes from outside', masqueradeMissing);
