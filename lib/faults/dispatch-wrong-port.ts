import {containersFor} from './tools/edit.ts';
import {firstOf} from './tools/choices.ts';
import {ruleFault, type Breach} from './tools/rule-fault.ts';

/** A port that no Service of the check has. */
const PORT = 81;

const chainFor = (graph: Parameters<Breach>[0], namespace: string, name: RegExp): string =>
	firstOf(
		containersFor(graph, namespace).flatMap(({where}) => name.exec(where)?.[1] ?? []),
		`no chain for a Service of ${namespace}`,
	);

export const dispatchWrongPort = {
	iptables: (graph, namespace) => [
		{kind: 'add', where: 'nat KUBE-SERVICES', text: `-p tcp --dport ${PORT} -j ${chainFor(graph, namespace, /^nat (KUBE-SVC-\S+)$/)}`},
	],
	nftables: (graph, namespace) => [
		{
			kind: 'add',
			where: firstOf(
				[...graph.keys()].filter(where => where.endsWith(' chain services')),
				'no chain services',
			),
			text: `tcp dport ${PORT} goto ${chainFor(graph, namespace, / chain (service-\S+\/tcp\/\S*)$/)}`,
		},
	],
} as const satisfies Readonly<Record<string, Breach>>;

export default ruleFault('one node leads a port that the Service does not have to its endpoints', dispatchWrongPort);
