import {isReadyEndpoint} from '../../model/service-slices.ts';
import {rule, type Finding} from '../rule.ts';
import {allEndpoints} from '../views/endpoints.ts';
import {aboutService, fullName, listSlices, someOf} from '../views/objects.ts';
import {isExternal} from '../views/services.ts';

export default rule({
	title: 'A Service with externalTrafficPolicy Local has an endpoint on every node that is asked',
	severity: 'warning',
	layer: 'rules',
	why:
		'With externalTrafficPolicy: Local a node passes traffic from outside to its own endpoints only, so that they see the ' +
		'client; without one it drops it. A load balancer asks the health port of each node and leaves such nodes out; a client that ' +
		'uses the address of a node and a NodePort gets a timeout.',
	verify: ['kubectl -n NAMESPACE get endpointslices -l kubernetes.io/service-name=NAME -o wide'],
	fix:
		'Send only to nodes that have endpoints (the health check of healthCheckNodePort), spread the backends over all nodes, or ' +
		'set externalTrafficPolicy: Cluster.',
	refs: ['https://kubernetes.io/docs/concepts/services-networking/service-traffic-policy/'],
	steps: [21, 22],
	needs: ['services', 'slices', 'nodes'],
	evaluate: ({services, slices, nodes}) =>
		services
			.filter(service => service.spec?.externalTrafficPolicy === 'Local' && isExternal(service))
			.flatMap((service): readonly Finding[] => {
				const ready = allEndpoints(service, slices).filter(isReadyEndpoint);
				const served = new Set(ready.map(({nodeName}) => nodeName));
				const without = nodes.map(({metadata}) => metadata?.name ?? '').filter(name => !served.has(name));
				const balanced = service.spec?.type === 'LoadBalancer' && (service.status?.loadBalancer?.ingress?.length ?? 0) > 0;
				if (ready.length === 0 || without.length === 0) return [];
				return [
					{
						about: aboutService(service),
						severity: balanced ? 'info' : 'warning',
						summary:
							`externalTrafficPolicy Local of Service ${fullName(service)}: ${someOf(without)} drop what comes from ` +
							`outside, for no endpoint is there${balanced ? '; its load balancer must leave them out' : ''}`,
						evidence: [
							{from: `${aboutService(service)} .spec.externalTrafficPolicy`, text: 'Local'},
							{from: 'nodes with a ready endpoint', text: someOf([...served].map(name => name ?? 'unknown'))},
						],
						fix:
							`send only to ${someOf([...served].map(name => name ?? 'unknown'))}, run the backends on every node, or ` +
							'set externalTrafficPolicy: Cluster',
						verify: [`${listSlices(service)} -o wide`],
					},
				];
			}),
});
