import check from '../../lib/check/check.ts';
import {expectations} from '../../lib/testbed/expectations.ts';
import {flowsOf} from '../../lib/testbed/flows-of.ts';
import {sendFlows} from '../../lib/testbed/flows.ts';
import {endpointAt, makeSlice} from '../../lib/testbed/endpoint-slices.ts';
import {programmed} from '../../lib/testbed/programmed.ts';
import {echoPods, service} from '../../lib/testbed/workloads.ts';

export default check(
	{
		title: 'A Service serves the endpoints of all its EndpointSlices',
		why:
			'A slice has 100 endpoints at most by default, so large Services always have several. Where some are ignored, scaling ' +
			'beyond that brings nothing: the new pods are ready and idle.',
		refs: ['https://kubernetes.io/docs/concepts/services-networking/endpoint-slices/'],
		faults: ['dispatch', 'endpoint-rule'],
	},
	async testbed => {
		const pods = await echoPods(testbed, {name: 'echo', replicas: 4});
		// Without a selector no controller makes slices for it.
		const {clusterIp} = await service(testbed, {name: 'echo', ports: [{name: 'http', port: 80, targetPort: 8080}]});
		const [first, ...others] = pods.map(pod => endpointAt(pod));
		await makeSlice(testbed, {name: 'echo-1', endpoints: [first!]});
		await makeSlice(testbed, {name: 'echo-2', endpoints: others});
		await programmed(testbed, 'echo');
		const to = [{ip: clusterIp, port: 80}];
		const flows = await flowsOf(testbed, {from: ['pod', 'node'], to, counts: 100}, await expectations(testbed));
		await testbed.settled();

		testbed.step('100 new connections from a pod and from the host network of each node');
		await sendFlows(testbed, `ClusterIP ${clusterIp}:80`, flows);
	},
);
