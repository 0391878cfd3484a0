import {rule, type Finding} from '../rule.ts';
import {aboutService, fullName, kubectl, portText} from '../views/objects.ts';
import {backed, declaredPorts, targetOf} from '../views/services.ts';

export default rule({
	title: "A Service's protocol is that of the pods' port",
	severity: 'error',
	layer: 'endpoints',
	why:
		'A Service for TCP leads TCP to the pods. Where these declare the same port for UDP alone, nobody listens: connections are ' +
		'refused, datagrams are lost.',
	verify: [
		'kubectl -n NAMESPACE get service NAME -o jsonpath={.spec.ports}',
		'kubectl -n NAMESPACE get pods -l SELECTOR -o jsonpath={.items[*].spec.containers[*].ports}',
	],
	fix: 'Give the Service and the containers the same protocol; for both, two ports with names of their own.',
	refs: ['https://kubernetes.io/docs/reference/networking/service-protocols/'],
	steps: [7],
	explains: ['target-port-not-declared'],
	needs: ['services', 'pods'],
	evaluate: ({services, pods}) =>
		backed(services, pods).flatMap(({service, pods: own}) =>
			(service.spec?.ports ?? []).flatMap((port): readonly Finding[] => {
				const target = targetOf(port);
				const {protocol = 'TCP'} = port;
				const other = own.filter(pod => {
					const same = declaredPorts(pod).filter(({containerPort}) => containerPort === target);
					return same.length > 0 && same.every(one => (one.protocol ?? 'TCP') !== protocol);
				});
				const [first] = other;
				if (!first || other.length < own.length) return [];
				const declared = declaredPorts(first).find(({containerPort}) => containerPort === target)?.protocol ?? 'TCP';
				return [
					{
						about: aboutService(service),
						confidence: 'likely',
						summary:
							`port ${portText(port)} of Service ${fullName(service)} is for ${protocol}, and its pods declare ` +
							`${target} for ${declared} alone`,
						evidence: [
							{from: `${aboutService(service)} .spec.ports[].protocol`, text: protocol},
							{from: `pod ${fullName(first)} .spec.containers[].ports`, text: `${target}/${declared}`},
						],
						fix: `set the protocol of the Service's port to ${declared}`,
						verify: [kubectl('get', 'service', service, '-o jsonpath={.spec.ports}')],
					},
				];
			}),
		),
});
