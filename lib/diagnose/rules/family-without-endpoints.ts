import {isReadyEndpoint} from '../../model/service-slices.ts';
import {rule, type Finding} from '../rule.ts';
import {endpointsOf, familiesOf, slicesFor} from '../views/endpoints.ts';
import {aboutService, fullName, isExternalName, listSlices} from '../views/objects.ts';

export default rule({
	title: 'A Service of two families has endpoints in both',
	severity: 'error',
	layer: 'endpoints',
	why:
		'A Service with IPv4 and IPv6 has an address of each, and DNS answers both. Where its pods have addresses of one family ' +
		'alone, clients that prefer the other are refused, or wait before they try the first.',
	verify: [
		'kubectl -n NAMESPACE get endpointslices -l kubernetes.io/service-name=NAME',
		'kubectl -n NAMESPACE get pods -o jsonpath={.items[*].status.podIPs}',
	],
	fix: 'Give the pods addresses of both families, or the Service ipFamilyPolicy: SingleStack.',
	refs: ['https://kubernetes.io/docs/concepts/services-networking/dual-stack/'],
	steps: [11],
	needs: ['services', 'slices'],
	evaluate: ({services, slices}) =>
		services
			.filter(service => !isExternalName(service) && familiesOf(service).length > 1)
			.flatMap((service): readonly Finding[] => {
				const own = slicesFor(service, slices);
				const served = familiesOf(service).filter(family =>
					endpointsOf(own.filter(({addressType}) => addressType === family)).some(isReadyEndpoint),
				);
				const empty = familiesOf(service).filter(family => !served.includes(family));
				if (served.length === 0 || empty.length === 0) return [];
				return [
					{
						about: aboutService(service),
						summary: `Service ${fullName(service)} has an ${empty.join(', ')} address and no endpoint of ${empty.join(', ')}`,
						evidence: [
							{from: `${aboutService(service)} .spec.ipFamilies`, text: familiesOf(service).join(', ')},
							{from: 'families with ready endpoints', text: served.join(', ')},
						],
						fix: `give its pods ${empty.join(', ')} addresses, or the Service ipFamilyPolicy: SingleStack`,
						verify: [listSlices(service)],
					},
				];
			}),
});
