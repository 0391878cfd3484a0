import check from '../../lib/check/check.ts';
import {endpointAt} from '../../lib/testbed/endpoint-slices.ts';
import {servedBySlices} from '../../lib/testbed/served-by-slices.ts';

export default check(
	{
		title: 'Endpoints of an EndpointSlice that are not ready get no connections, those that say nothing of it do',
		why:
			'Readiness probes and rollouts work by this condition alone. A pod that is sent traffic too early answers with errors; one ' +
			'left out for a condition that a hand-made slice does not set is lost capacity.',
		refs: ['https://kubernetes.io/docs/concepts/services-networking/endpoint-slices/'],
		faults: ['dispatch', 'endpoint-rule'],
	},
	async testbed =>
		servedBySlices(testbed, pods => {
			const conditions = [{ready: true}, {ready: false, serving: false}, undefined, {ready: false, serving: true, terminating: true}];
			return [pods.map((pod, index) => endpointAt(pod, conditions[index] ?? {}))];
		}),
);
