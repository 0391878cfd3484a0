import {isReadyEndpoint} from '../../model/service-slices.ts';
import {rule, type Finding} from '../rule.ts';
import {allEndpoints} from '../views/endpoints.ts';
import {aboutService, fullName, isHeadless, listSlices} from '../views/objects.ts';

export default rule({
	title: 'A headless Service has an endpoint that DNS may answer with',
	severity: 'error',
	layer: 'dns',
	why:
		'The name of a headless Service resolves to the addresses of its ready endpoints. With none, the answer is NXDOMAIN or ' +
		'empty, which programs report as an unknown host.',
	verify: ['kubectl -n NAMESPACE get endpointslices -l kubernetes.io/service-name=NAME'],
	fix: 'Make a pod behind it ready. Peers that must find each other before they are ready need publishNotReadyAddresses: true.',
	refs: ['https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/#a-aaaa-records'],
	steps: [26],
	needs: ['services', 'slices'],
	evaluate: ({services, slices}) =>
		services
			.filter(service => isHeadless(service) && !allEndpoints(service, slices).some(isReadyEndpoint))
			.map((service): Finding => {
				const unready = allEndpoints(service, slices).length;
				return {
					about: aboutService(service),
					summary:
						`the name of the headless Service ${fullName(service)} resolves to nothing: it has ` +
						`${unready === 0 ? 'no endpoint' : `${unready} endpoints and none is ready`}`,
					evidence: [
						{from: `${aboutService(service)} .spec.clusterIP`, text: 'None'},
						{from: 'ready endpoints', text: `0 of ${unready}`},
					],
					fix:
						unready > 0
							? 'make its pods ready; where peers need each other before that, set publishNotReadyAddresses: true'
							: 'give it pods, or an EndpointSlice',
					verify: [listSlices(service)],
				};
			}),
});
