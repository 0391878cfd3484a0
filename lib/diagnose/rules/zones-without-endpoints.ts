import {isReadyEndpoint} from '../../model/service-slices.ts';
import {rule, type Finding} from '../rule.ts';
import {allEndpoints} from '../views/endpoints.ts';
import {aboutService, fullName, listSlices, someOf} from '../views/objects.ts';

const ZONE = 'topology.kubernetes.io/zone';
const MODE = 'service.kubernetes.io/topology-mode';

export default rule({
	title: 'A Service that keeps traffic near has endpoints near everybody',
	severity: 'info',
	layer: 'endpoints',
	why:
		'trafficDistribution and topology hints send clients to endpoints of their own zone. A zone with few endpoints and many ' +
		'clients is overloaded; without zone labels on every node hints are ignored.',
	verify: [
		'kubectl -n NAMESPACE get endpointslices -l kubernetes.io/service-name=NAME -o jsonpath={.items[*].endpoints[*].hints}',
		`kubectl get nodes -L ${ZONE}`,
	],
	fix: 'Spread the pods over the zones (topologySpreadConstraints), and label every node with its zone.',
	refs: ['https://kubernetes.io/docs/reference/networking/virtual-ips/#traffic-distribution'],
	steps: [23],
	needs: ['services', 'slices', 'nodes'],
	evaluate: ({services, slices, nodes}) =>
		services
			.filter(({spec, metadata}) => spec?.trafficDistribution !== undefined || metadata?.annotations?.[MODE] !== undefined)
			.flatMap((service): readonly Finding[] => {
				const unlabelled = nodes.filter(({metadata}) => metadata?.labels?.[ZONE] === undefined);
				const zones = new Set(nodes.flatMap(({metadata}) => metadata?.labels?.[ZONE] ?? []));
				const ready = allEndpoints(service, slices).filter(isReadyEndpoint);
				const served = new Set(ready.map(({zone}) => zone));
				const empty = [...zones].filter(zone => !served.has(zone));
				const wanted = service.spec?.trafficDistribution ?? `topology-mode ${service.metadata?.annotations?.[MODE]}`;
				if (ready.length === 0 || (unlabelled.length === 0 && (empty.length === 0 || zones.size < 2))) return [];
				return [
					{
						about: aboutService(service),
						summary:
							unlabelled.length > 0
								? `Service ${fullName(service)} wants traffic kept near (${wanted}), and ` +
									`${someOf(unlabelled.map(fullName))} have no zone label`
								: `Service ${fullName(service)} wants traffic kept near (${wanted}), and has no endpoint in ` +
									`${someOf(empty)}: clients there go elsewhere`,
						evidence: [{from: 'zones with ready endpoints', text: someOf([...served].map(zone => zone ?? 'unknown'))}],
						fix: unlabelled.length > 0 ? `label every node with ${ZONE}` : 'spread the pods over all zones',
						verify: [`${listSlices(service)} -o yaml`, `kubectl get nodes -L ${ZONE}`],
					},
				];
			}),
});
