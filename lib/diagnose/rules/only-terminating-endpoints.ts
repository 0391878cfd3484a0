import {isReadyEndpoint} from '../../model/service-slices.ts';
import {rule, type Finding} from '../rule.ts';
import {allEndpoints} from '../views/endpoints.ts';
import {aboutService, fullName, listSlices} from '../views/objects.ts';

export default rule({
	title: 'Not all endpoints of a Service are on their way out',
	severity: 'warning',
	layer: 'endpoints',
	why:
		'With no ready endpoint left, proxies fall back to those that terminate and still serve. That bridges a rollout for some ' +
		'seconds; when the last one ends, connections are refused.',
	verify: ['kubectl -n NAMESPACE get pods -l SELECTOR'],
	fix: 'Bring ready pods up before the old ones go: maxUnavailable: 0, or a PodDisruptionBudget for drains.',
	refs: ['https://github.com/kubernetes/enhancements/tree/master/keps/sig-network/1669-proxy-terminating-endpoints'],
	steps: [27],
	needs: ['services', 'slices'],
	evaluate: ({services, slices}) =>
		services.flatMap((service): readonly Finding[] => {
			const all = allEndpoints(service, slices);
			const leaving = all.filter(({conditions}) => conditions?.terminating === true && conditions.serving === true);
			if (leaving.length === 0 || all.some(isReadyEndpoint)) return [];
			return [
				{
					about: aboutService(service),
					summary: `Service ${fullName(service)} is served only by ${leaving.length} endpoints that are terminating`,
					evidence: leaving.slice(0, 3).map(({addresses, targetRef}) => ({
						from: `endpoint ${addresses.join(', ')}`,
						text: `${targetRef?.name ?? ''} serving, terminating`,
					})),
					fix: 'look why no new pod is ready',
					verify: [listSlices(service)],
				},
			];
		}),
});
