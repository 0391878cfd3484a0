import check from '../../lib/check/check.ts';
import {expectations} from '../../lib/testbed/expectations.ts';
import {flowsOf} from '../../lib/testbed/flows-of.ts';
import {sendFlows} from '../../lib/testbed/flows.ts';
import {endpointAt, makeSlice} from '../../lib/testbed/endpoint-slices.ts';
import {programmed} from '../../lib/testbed/programmed.ts';
import {echoPods, service} from '../../lib/testbed/workloads.ts';

export default check(
	{
		title: 'Endpoints of an EndpointSlice that are not ready get no connections, those that say nothing of it do',
		why:
			'Readiness probes and rollouts work by this condition alone. A pod that is sent traffic too early answers with errors; one ' +
			'left out for a condition that a hand-made slice does not set is lost capacity.',
		refs: ['https://kubernetes.io/docs/concepts/services-networking/endpoint-slices/'],
		faults: ['dispatch', 'endpoint-rule'],
	},
	async testbed => {
		const pods = await echoPods(testbed, {name: 'echo', replicas: 4});
		// Without a selector no controller makes slices for it.
		const {clusterIp} = await service(testbed, {name: 'echo', ports: [{name: 'http', port: 80, targetPort: 8080}]});
		const conditions = [{ready: true}, {ready: false, serving: false}, undefined, {ready: false, serving: true, terminating: true}];
		const endpoints = pods.map((pod, index) => endpointAt(pod, conditions[index] ?? {}));
		await makeSlice(testbed, {name: 'echo-1', endpoints});
		await programmed(testbed, 'echo');
		const to = [{ip: clusterIp, port: 80}];
		const flows = await flowsOf(testbed, {from: ['pod', 'node'], to, counts: 100}, await expectations(testbed));
		await testbed.settled();

		testbed.step('100 new connections from a pod and from the host network of each node');
		await sendFlows(testbed, `ClusterIP ${clusterIp}:80`, flows);
	},
);
