import check from '../../lib/check/check.ts';
import {endpointAt} from '../../lib/testbed/endpoint-slices.ts';
import {servedBySlices} from '../../lib/testbed/served-by-slices.ts';

export default check(
	{
		title: 'A Service serves the endpoints of all its EndpointSlices',
		why:
			'A slice has 100 endpoints at most by default, so large Services always have several. Where some are ignored, scaling ' +
			'beyond that brings nothing: the new pods are ready and idle.',
		refs: ['https://kubernetes.io/docs/concepts/services-networking/endpoint-slices/'],
		faults: ['dispatch', 'endpoint-rule'],
	},
	async testbed =>
		servedBySlices(testbed, pods => {
			const [first, ...others] = pods.map(pod => endpointAt(pod));
			return [[first!], others];
		}),
);
