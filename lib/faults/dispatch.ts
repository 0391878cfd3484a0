import {containersFor, partsFor, take} from './tools/edit.ts';
import {ruleFault, type Breach} from './tools/rule-fault.ts';

const SHARED = /^nat KUBE-(?:SERVICES|NODEPORTS)$| map service-(?:ips|nodeports)$/;

/** What leads packets to the namespace's Services by cluster IP and by node port: rules, elements of maps, or virtual servers. */
export const dispatch: Breach = (graph, namespace) => [
	...partsFor(graph, namespace)
		.filter(({where}) => SHARED.test(where))
		.map(take),
	...containersFor(graph, namespace)
		.filter(({where}) => where.startsWith('ipvs '))
		.map(({where}) => ({kind: 'take', where}) as const),
];

export default ruleFault('one node has no rule that leads to the Service', dispatch);
