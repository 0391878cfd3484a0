import {rule, type Finding} from '../rule.ts';
import {aboutService, fullName, kubectl, portText} from '../views/objects.ts';
import {backed, declaredPorts, targetOf} from '../views/services.ts';

export default rule({
	title: 'A named targetPort is the name of a port of the pods',
	severity: 'error',
	layer: 'endpoints',
	why:
		'A targetPort that is a name is looked up in the ports of the containers, with the same protocol. A pod that has no port of ' +
		'that name is no endpoint for it, without any message.',
	verify: [
		'kubectl -n NAMESPACE get service NAME -o jsonpath={.spec.ports}',
		'kubectl -n NAMESPACE get pods -l SELECTOR -o jsonpath={.items[*].spec.containers[*].ports}',
	],
	fix: "Give the container's port that name, or use its number as the targetPort.",
	refs: ['https://kubernetes.io/docs/concepts/services-networking/service/#field-spec-ports'],
	steps: [5, 7],
	explains: ['headless-no-ready', 'internal-policy-without-local-endpoints', 'external-policy-without-local-endpoints'],
	needs: ['services', 'pods'],
	evaluate: ({services, pods}) =>
		backed(services, pods).flatMap(({service, pods: own}) =>
			(service.spec?.ports ?? []).flatMap((port): readonly Finding[] => {
				const target = targetOf(port);
				const {protocol = 'TCP'} = port;
				// A text of digits is a mistake of its own.
				if (typeof target !== 'string' || /^\d+$/.test(target)) return [];
				const without = own.filter(
					pod => !declaredPorts(pod).some(one => one.name === target && (one.protocol ?? 'TCP') === protocol),
				);
				const [first] = without;
				if (!first) return [];
				const other = declaredPorts(first).find(({name}) => name === target);
				return [
					{
						about: aboutService(service),
						severity: without.length === own.length ? 'error' : 'warning',
						summary:
							`port ${portText(port)} of Service ${fullName(service)} leads to the port named ` +
							`${JSON.stringify(target)}, which ${without.length === own.length ? 'none' : `${without.length}`} of its ` +
							`${own.length} pods ${without.length === own.length ? 'has' : 'do not have'}`,
						evidence: [
							{from: `${aboutService(service)} .spec.ports[].targetPort`, text: target},
							{
								from: `pod ${fullName(first)} .spec.containers[].ports`,
								text:
									declaredPorts(first)
										.map(
											({name, containerPort, protocol: by = 'TCP'}) =>
												`${name ?? '(unnamed)'} ${containerPort}/${by}`,
										)
										.join(', ') || 'none',
							},
						],
						fix: other
							? `the port ${target} of the pods is ${other.protocol ?? 'TCP'}, the Service's is ${protocol}: make ` +
								'them the same'
							: `name a container port ${target}, or set targetPort to its number`,
						verify: [
							kubectl('get', 'service', service, '-o jsonpath={.spec.ports}'),
							kubectl('get', 'pod', first, '-o jsonpath={.spec.containers[*].ports}'),
						],
					},
				];
			}),
		),
});
