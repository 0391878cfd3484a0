import {rule, type Finding} from '../rule.ts';
import {aboutService, fullName, kubectl, portText, someOf} from '../views/objects.ts';
import {backed, declaredPorts, targetOf} from '../views/services.ts';

export default rule({
	title: 'A numbered targetPort is among the ports that the pods declare, where they declare any',
	severity: 'warning',
	layer: 'endpoints',
	why:
		'A containerPort is only information, so a program may listen elsewhere; but where pods declare ports and the targetPort is ' +
		'none of them, the number is mostly wrong: endpoints are there, and every connection is refused by the pod.',
	verify: [
		'kubectl -n NAMESPACE get pods -l SELECTOR -o jsonpath={.items[*].spec.containers[*].ports}',
		'kubectl -n NAMESPACE exec POD -- ss -ltn',
	],
	fix: 'Set targetPort to the port that the program listens on, on all addresses of the pod and not on 127.0.0.1 alone.',
	refs: ['https://kubernetes.io/docs/tasks/debug/debug-application/debug-service/#are-the-pods-working'],
	steps: [6, 7],
	confirmedBy: ['listeners'],
	needs: ['services', 'pods'],
	evaluate: ({services, pods}) =>
		backed(services, pods).flatMap(({service, pods: own}) =>
			(service.spec?.ports ?? []).flatMap((port): readonly Finding[] => {
				const target = targetOf(port);
				if (typeof target !== 'number') return [];
				const declaring = own.filter(pod => declaredPorts(pod).length > 0);
				const without = declaring.filter(pod => !declaredPorts(pod).some(({containerPort}) => containerPort === target));
				const [first] = without;
				if (!first || without.length < own.length) return [];
				return [
					{
						about: aboutService(service),
						confidence: 'likely',
						summary:
							`port ${portText(port)} of Service ${fullName(service)} leads to ${target}, which none of its pods ` +
							'declares',
						evidence: [
							{from: `${aboutService(service)} .spec.ports[].targetPort`, text: `${target}`},
							{
								from: `pod ${fullName(first)} .spec.containers[].ports`,
								text: someOf(
									declaredPorts(first).map(
										({name, containerPort, protocol = 'TCP'}) => `${name ?? '(unnamed)'} ${containerPort}/${protocol}`,
									),
								),
							},
						],
						fix: `if the program listens on ${declaredPorts(first)
							.map(({containerPort}) => containerPort)
							.join(' or ')}, set targetPort to that; otherwise declare ${target}`,
						verify: [kubectl('get', 'pod', first, '-o jsonpath={.spec.containers[*].ports}')],
					},
				];
			}),
		),
});
