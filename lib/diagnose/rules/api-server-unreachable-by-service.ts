import {isReadyEndpoint} from '../../model/service-slices.ts';
import {rule, type Finding} from '../rule.ts';
import {allEndpoints} from '../views/endpoints.ts';
import {listSlices} from '../views/objects.ts';

export default rule({
	title: 'The Service default/kubernetes leads to an API server',
	severity: 'error',
	layer: 'api',
	why:
		'Every controller, CoreDNS and the network plugin reach the API server by this Service. Without endpoints they all stand ' +
		'still; the API servers themselves keep its slice.',
	verify: ['kubectl -n default get endpointslices -l kubernetes.io/service-name=kubernetes'],
	fix: 'Restart the API servers; they write the slice anew.',
	refs: ['https://kubernetes.io/docs/tasks/run-application/access-api-from-pod/'],
	steps: [10],
	explains: ['selectorless-without-slices', 'slice-not-ready'],
	needs: ['services', 'slices'],
	evaluate({services, slices}): readonly Finding[] {
		const service = services.find(({metadata}) => metadata?.namespace === 'default' && metadata.name === 'kubernetes');
		if (service && allEndpoints(service, slices).some(isReadyEndpoint)) return [];
		return [
			{
				about: 'Service default/kubernetes',
				summary: service
					? 'Service default/kubernetes has no endpoint: pods do not reach the API server'
					: 'there is no Service default/kubernetes: pods do not find the API server',
				evidence: [{from: 'EndpointSlices of default/kubernetes', text: 'no ready endpoint'}],
				fix: 'restart the API server',
				verify: [listSlices(service ?? {metadata: {namespace: 'default', name: 'kubernetes'}})],
			},
		];
	},
});
