import {rule, type Finding} from '../rule.ts';
import {familiesOf, isControllers, slicesFor} from '../views/endpoints.ts';
import {aboutService, fullName, isExternalName, kubectl} from '../views/objects.ts';

export default rule({
	title: 'A slice that somebody made is of a family that its Service has',
	severity: 'error',
	layer: 'endpoints',
	why:
		'A Service of IPv4 uses slices of addressType IPv4 alone; FQDN slices are used by no proxy at all. The endpoints are there ' +
		'and get no traffic.',
	verify: [
		'kubectl -n NAMESPACE get service NAME -o jsonpath={.spec.ipFamilies}',
		'kubectl -n NAMESPACE get endpointslices -l kubernetes.io/service-name=NAME',
	],
	fix: 'Make a slice of the family of the Service; for a name outside the cluster use a Service of type ExternalName.',
	refs: ['https://kubernetes.io/docs/concepts/services-networking/endpoint-slices/#address-types'],
	steps: [11],
	explains: ['selectorless-without-slices'],
	needs: ['services', 'slices'],
	evaluate: ({services, slices}) =>
		services
			.filter(service => !isExternalName(service))
			.flatMap(service =>
				slicesFor(service, slices)
					.filter(
						slice =>
							!isControllers(slice) && !familiesOf(service).includes(slice.addressType) && (slice.endpoints ?? []).length > 0,
					)
					.map((slice): Finding => ({
						about: aboutService(service),
						summary:
							`EndpointSlice ${fullName(slice)} is of type ${slice.addressType}, and Service ${fullName(service)} has ` +
							`${familiesOf(service).join(' and ')} only`,
						evidence: [
							{from: `EndpointSlice ${fullName(slice)} .addressType`, text: slice.addressType},
							{from: `${aboutService(service)} .spec.ipFamilies`, text: familiesOf(service).join(', ')},
						],
						fix:
							slice.addressType === 'FQDN'
								? 'write addresses into the slice, not names: no proxy resolves them'
								: `make a slice with addressType: ${familiesOf(service)[0]}`,
						verify: [kubectl('get', 'endpointslice', slice, '-o yaml')],
					})),
			),
});
