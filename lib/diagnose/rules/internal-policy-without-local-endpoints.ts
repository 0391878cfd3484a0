import {isReadyEndpoint} from '../../model/service-slices.ts';
import {rule, type Finding} from '../rule.ts';
import {allEndpoints} from '../views/endpoints.ts';
import {aboutService, fullName, kubectl, someOf} from '../views/objects.ts';

export default rule({
	title: 'A Service with internalTrafficPolicy Local has an endpoint on every node',
	severity: 'error',
	layer: 'rules',
	why:
		'With internalTrafficPolicy: Local a pod reaches the endpoints of its own node alone. On a node without one its connections ' +
		'are dropped (iptables, nftables: a timeout), or refused (ipvs).',
	verify: ['kubectl -n NAMESPACE get endpointslices -l kubernetes.io/service-name=NAME -o wide'],
	fix: 'Run the backends as a DaemonSet, or set internalTrafficPolicy: Cluster.',
	refs: ['https://kubernetes.io/docs/concepts/services-networking/service-traffic-policy/'],
	steps: [20],
	needs: ['services', 'slices', 'nodes'],
	sees: ['pods'],
	evaluate: ({services, slices, nodes, pods}) =>
		services
			.filter(({spec}) => spec?.internalTrafficPolicy === 'Local' && spec.type !== 'ExternalName' && spec.clusterIP !== 'None')
			.flatMap((service): readonly Finding[] => {
				const ready = allEndpoints(service, slices).filter(isReadyEndpoint);
				if (ready.length === 0) return [];
				const served = new Set(ready.map(({nodeName}) => nodeName));
				// Nodes without any pod of a user have no client to lose.
				const clients = new Set(
					pods
						?.filter(({metadata, spec}) => metadata?.namespace !== 'kube-system' && !spec?.hostNetwork)
						.map(({spec}) => spec?.nodeName),
				);
				const without = nodes.map(({metadata}) => metadata?.name ?? '').filter(name => !served.has(name));
				const harmed = without.filter(name => !pods || clients.has(name));
				if (without.length === 0) return [];
				return [
					{
						about: aboutService(service),
						severity: harmed.length > 0 ? 'error' : 'warning',
						summary:
							`internalTrafficPolicy Local of Service ${fullName(service)}: pods on ` +
							`${someOf(harmed.length > 0 ? harmed : without)} do not reach it, for no endpoint is there`,
						evidence: [
							{from: `${aboutService(service)} .spec.internalTrafficPolicy`, text: 'Local'},
							{from: 'nodes with a ready endpoint', text: someOf([...served].map(name => name ?? 'unknown'))},
						],
						fix: 'run the backends on every node, or set internalTrafficPolicy: Cluster',
						verify: [
							kubectl('get', 'service', service, '-o jsonpath={.spec.internalTrafficPolicy}'),
							`${kubectl('get', 'endpointslices', {metadata: {namespace: service.metadata?.namespace ?? '', name: ''}})} ` +
								'-o wide',
						],
					},
				];
			}),
});
