import check from '../../lib/check/check.ts';
import {expectations} from '../../lib/testbed/expectations.ts';
import {flowsOf} from '../../lib/testbed/flows-of.ts';
import {sendFlows} from '../../lib/testbed/flows.ts';
import {programmed} from '../../lib/testbed/programmed.ts';
import {echoPods, service} from '../../lib/testbed/workloads.ts';
import {eventually} from '../../lib/wait/eventually.ts';
import {PROGRAMMED_TIMEOUT_MS} from '../../lib/limits.ts';

export default check(
	{
		title: 'A hand-made Endpoints object is mirrored into an EndpointSlice with the same addresses, and served',
		why:
			'Old operators and scripts still write Endpoints for databases outside, while kube-proxy reads EndpointSlices alone. ' +
			'Without the mirror such a Service refuses everybody, and kubectl get endpoints shows an address.',
		refs: ['https://kubernetes.io/docs/concepts/services-networking/endpoint-slices/#endpointslice-mirroring'],
		faults: ['dispatch', 'endpoint-rule'],
	},
	async testbed => {
		const {kube, namespace} = testbed;
		const pods = await echoPods(testbed, {name: 'echo', replicas: 3});
		const {clusterIp} = await service(testbed, {name: 'echo', ports: [{name: 'http', port: 80, targetPort: 8080}]});
		const addresses = pods.map(({ip, node}) => ({ip, nodeName: node}));
		await kube.core.createNamespacedEndpoints({
			namespace,
			body: {metadata: {name: 'echo'}, subsets: [{addresses, ports: [{name: 'http', port: 8080, protocol: 'TCP'}]}]},
		});
		await eventually(
			'the Endpoints object is mirrored with the same addresses',
			async () => {
				const {items} = await kube.discovery.listNamespacedEndpointSlice({
					namespace,
					labelSelector: 'kubernetes.io/service-name=echo',
				});
				const mirrored = items.flatMap(({endpoints}) => (endpoints ?? []).flatMap(endpoint => endpoint.addresses)).sort();
				const same =
					mirrored.join() ===
					pods
						.map(({ip}) => ip)
						.sort()
						.join();
				return same ? {done: true, value: undefined} : {done: false, observed: mirrored.join(', ') || 'no address in any slice'};
			},
			{timeoutMs: PROGRAMMED_TIMEOUT_MS, signal: testbed.signal},
		);
		await programmed(testbed, 'echo');
		const flows = await flowsOf(testbed, {from: ['pod', 'node'], to: [{ip: clusterIp, port: 80}]}, await expectations(testbed));
		await testbed.settled();

		testbed.step('100 new connections from a pod and from the host network of each node');
		await sendFlows(testbed, `ClusterIP ${clusterIp}:80`, flows);
	},
);
