import check from '../../lib/check/check.ts';
import {endpointAt} from '../../lib/testbed/endpoint-slices.ts';
import {servedBySlices} from '../../lib/testbed/served-by-slices.ts';

export default check(
	{
		title: 'A Service without a selector serves the endpoints of a hand-made EndpointSlice, and no others',
		why:
			'Databases and old hosts outside get a name in the cluster by such a Service. A wrong port name, label or address type makes ' +
			'a hand-made slice void: the Service is there, its name resolves, and it refuses.',
		refs: ['https://kubernetes.io/docs/concepts/services-networking/service/#services-without-selectors'],
		faults: ['dispatch', 'endpoint-rule'],
	},
	async testbed => servedBySlices(testbed, pods => [pods.slice(0, 3).map(pod => endpointAt(pod))]),
);
