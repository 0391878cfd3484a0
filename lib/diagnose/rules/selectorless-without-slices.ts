import {hasSelector} from '../../model/service-slices.ts';
import {rule, type Finding} from '../rule.ts';
import {allEndpoints} from '../views/endpoints.ts';
import {aboutService, fullName, isExternalName, listSlices} from '../views/objects.ts';

export default rule({
	title: 'A Service without a selector has EndpointSlices that somebody made',
	severity: 'error',
	layer: 'endpoints',
	why:
		'Without a selector no controller fills in the endpoints. Until somebody makes an EndpointSlice with the label ' +
		'kubernetes.io/service-name, every connection is refused.',
	verify: ['kubectl -n NAMESPACE get endpointslices -l kubernetes.io/service-name=NAME'],
	fix:
		'Make an EndpointSlice with the label kubernetes.io/service-name and the names of the ports of the Service; or give the ' +
		'Service a selector.',
	refs: ['https://kubernetes.io/docs/concepts/services-networking/service/#services-without-selectors'],
	steps: [10],
	explains: ['headless-no-ready'],
	needs: ['services', 'slices'],
	evaluate: ({services, slices}) =>
		services
			.filter(service => !isExternalName(service) && !hasSelector(service) && allEndpoints(service, slices).length === 0)
			.map((service): Finding => ({
				about: aboutService(service),
				summary: `Service ${fullName(service)} has no selector, and no EndpointSlice of its families holds an address for it`,
				evidence: [
					{from: `${aboutService(service)} .spec.selector`, text: '<none>'},
					{from: 'EndpointSlices with its label', text: 'no endpoint'},
				],
				fix:
					`make an EndpointSlice with the label kubernetes.io/service-name: ${service.metadata?.name} in namespace ` +
					`${service.metadata?.namespace}`,
				verify: [listSlices(service)],
			})),
});
