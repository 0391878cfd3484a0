import check from '../../lib/check/check.ts';
import {flowsFollow} from '../../lib/testbed/follow.ts';
import {programmed} from '../../lib/testbed/programmed.ts';
import {echoPods, service} from '../../lib/testbed/workloads.ts';
import {eventually} from '../../lib/wait/eventually.ts';
import {PROGRAMMED_TIMEOUT_MS} from '../../lib/limits.ts';

export default check(
	{
		title: 'A change of a hand-made Endpoints object is mirrored into its EndpointSlice, and traffic follows within seconds',
		why:
			'A database failover by an Endpoints object must reach the rules within seconds. Where the mirror is late, clients go on ' +
			'writing to the old primary, while the object names the new one.',
		refs: ['https://kubernetes.io/docs/concepts/services-networking/endpoint-slices/#endpointslice-mirroring'],
		needs: ['node-access'],
		faults: ['kube-proxy-hangs'],
	},
	async testbed => {
		const {kube, namespace} = testbed;
		const pods = await echoPods(testbed, {name: 'echo', replicas: 3});
		const {clusterIp} = await service(testbed, {name: 'echo', ports: [{name: 'http', port: 80, targetPort: 8080}]});
		const endpointsOf = (some: typeof pods) => ({
			metadata: {name: 'echo'},
			subsets: [{addresses: some.map(({ip, node}) => ({ip, nodeName: node})), ports: [{name: 'http', port: 8080, protocol: 'TCP'}]}],
		});
		const mirrored = async (some: typeof pods): Promise<void> => {
			const wanted = some.map(({ip}) => ip).sort();
			await eventually(
				`the Endpoints object is mirrored: ${wanted.join(', ')}`,
				async () => {
					const labelSelector = 'kubernetes.io/service-name=echo';
					const {items} = await kube.discovery.listNamespacedEndpointSlice({namespace, labelSelector});
					const found = items.flatMap(({endpoints}) => (endpoints ?? []).flatMap(endpoint => endpoint.addresses)).sort();
					return found.join() === wanted.join()
						? {done: true, value: undefined}
						: {done: false, observed: found.join(', ') || 'no address in any slice'};
				},
				{timeoutMs: PROGRAMMED_TIMEOUT_MS, signal: testbed.signal, problem: {reproduce: []}},
			);
		};
		await kube.core.createNamespacedEndpoints({namespace, body: endpointsOf(pods.slice(0, 2))});
		await mirrored(pods.slice(0, 2));
		await programmed(testbed, 'echo');
		await testbed.settled();

		testbed.step('one address goes, and another one comes');
		await kube.core.replaceNamespacedEndpoints({namespace, name: 'echo', body: endpointsOf(pods.slice(1))});
		await mirrored(pods.slice(1));
		await flowsFollow(testbed, 'After the change', {from: ['pod', 'node'], to: [{ip: clusterIp, port: 80}], counts: 60}, 'echo');
	},
);
