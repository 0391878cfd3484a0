import {canonicalIp} from '../../model/address.ts';
import {hasSelector} from '../../model/service-slices.ts';
import {rule, type Finding} from '../rule.ts';
import {endpointsOf, isControllers, managerOf, slicesFor} from '../views/endpoints.ts';
import {aboutService, fullName, kubectl, someOf} from '../views/objects.ts';
import {podAt, podsOf} from '../views/pods.ts';

export default rule({
	title: 'A Service with a selector has no slices but those of the controller',
	severity: 'error',
	layer: 'endpoints',
	why:
		'kube-proxy takes the endpoints of every slice that has the label of the Service, whoever made it. A slice that somebody ' +
		'made beside those of the controller sends a share of the connections to addresses that the selector does not know.',
	verify: ['kubectl -n NAMESPACE get endpointslices -l kubernetes.io/service-name=NAME -L endpointslice.kubernetes.io/managed-by'],
	fix: 'Delete the slice that the controller did not make, or take the label kubernetes.io/service-name off it.',
	refs: ['https://kubernetes.io/docs/concepts/services-networking/endpoint-slices/#management'],
	steps: [11],
	explains: ['slice-stale-endpoint'],
	needs: ['services', 'slices', 'pods'],
	evaluate: ({services, slices, pods}) =>
		services
			.filter(service => hasSelector(service))
			.flatMap(service => {
				const own = new Set(podsOf(service, pods).map(({metadata}) => metadata?.uid ?? metadata?.name));
				return slicesFor(service, slices)
					.filter(slice => !isControllers(slice))
					.flatMap((slice): readonly Finding[] => {
						const foreign = endpointsOf([slice])
							.flatMap(({addresses}) => addresses.map(ip => canonicalIp(ip) ?? ip))
							.filter(ip => {
								const pod = podAt(ip, pods);
								return !pod || !own.has(pod.metadata?.uid ?? pod.metadata?.name);
							});
						if (foreign.length === 0) return [];
						return [
							{
								about: aboutService(service),
								summary:
									`EndpointSlice ${fullName(slice)}, which the controller did not make, sends connections to ` +
									`Service ${fullName(service)} to ${someOf(foreign)}, which its selector does not fit`,
								evidence: [
									{
										from: `EndpointSlice ${fullName(slice)} label endpointslice.kubernetes.io/managed-by`,
										text: managerOf(slice) ?? '<none>',
									},
									{from: `EndpointSlice ${fullName(slice)} .endpoints[].addresses`, text: someOf(foreign)},
								],
								fix: 'delete this slice, or take its label kubernetes.io/service-name away',
								verify: [kubectl('get', 'endpointslice', slice, '-o yaml')],
							},
						];
					});
			}),
});
