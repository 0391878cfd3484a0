import {hasSelector, isReadyEndpoint} from '../../model/service-slices.ts';
import {rule, type Finding} from '../rule.ts';
import {allEndpoints} from '../views/endpoints.ts';
import {aboutService, fullName, listSlices} from '../views/objects.ts';

export default rule({
	title: 'Endpoints that somebody wrote into a slice are ready',
	severity: 'error',
	layer: 'endpoints',
	why: 'Nobody probes the endpoints of a slice that somebody made: one that is written as ready=false stays so, and gets no traffic.',
	verify: ['kubectl -n NAMESPACE get endpointslices -l kubernetes.io/service-name=NAME -o jsonpath={.items[*].endpoints[*].conditions}'],
	fix: 'Leave the conditions out of the endpoints, or set ready to true when they are.',
	refs: ['https://kubernetes.io/docs/concepts/services-networking/endpoint-slices/#conditions'],
	steps: [11],
	explains: ['headless-no-ready'],
	needs: ['services', 'slices'],
	evaluate: ({services, slices}) =>
		services
			.filter(service => !hasSelector(service))
			.flatMap((service): readonly Finding[] => {
				const all = allEndpoints(service, slices);
				if (all.length === 0 || all.some(isReadyEndpoint)) return [];
				return [
					{
						about: aboutService(service),
						summary: `all endpoints of Service ${fullName(service)}, which has no selector, are written as not ready`,
						evidence: all.slice(0, 3).map(({addresses, conditions}) => ({
							from: `endpoint ${addresses.join(', ')} .conditions`,
							text: JSON.stringify(conditions),
						})),
						fix: 'remove the condition ready: false from the endpoints of the slice',
						verify: [listSlices(service)],
					},
				];
			}),
});
