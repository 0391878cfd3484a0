import check from '../../lib/check/check.ts';
import {expectations} from '../../lib/testbed/expectations.ts';
import {flowsOf} from '../../lib/testbed/flows-of.ts';
import {sendFlows} from '../../lib/testbed/flows.ts';
import {endpointAt, makeSlice} from '../../lib/testbed/endpoint-slices.ts';
import {programmed} from '../../lib/testbed/programmed.ts';
import {echoPods, service} from '../../lib/testbed/workloads.ts';

export default check(
	{
		title: 'A Service without a selector serves the endpoints of a hand-made EndpointSlice, and no others',
		why:
			'Databases and old hosts outside get a name in the cluster by such a Service. A wrong port name, label or address type makes ' +
			'a hand-made slice void: the Service is there, its name resolves, and it refuses.',
		refs: ['https://kubernetes.io/docs/concepts/services-networking/service/#services-without-selectors'],
		faults: ['dispatch', 'endpoint-rule'],
	},
	async testbed => {
		const pods = await echoPods(testbed, {name: 'echo', replicas: 4});
		// Without a selector no controller makes slices for it.
		const {clusterIp} = await service(testbed, {name: 'echo', ports: [{name: 'http', port: 80, targetPort: 8080}]});
		await makeSlice(testbed, {name: 'echo-1', endpoints: pods.slice(0, 3).map(pod => endpointAt(pod))});
		await programmed(testbed, 'echo');
		const to = [{ip: clusterIp, port: 80}];
		const flows = await flowsOf(testbed, {from: ['pod', 'node'], to, counts: 100}, await expectations(testbed));
		await testbed.settled();

		testbed.step('100 new connections from a pod and from the host network of each node');
		await sendFlows(testbed, `ClusterIP ${clusterIp}:80`, flows);
	},
);
