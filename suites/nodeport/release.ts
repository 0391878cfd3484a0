import check from '../../lib/check/check.ts';
import {echoService} from '../../lib/testbed/echo-service.ts';
import {flowsFollow} from '../../lib/testbed/follow.ts';
import {echoPods, service} from '../../lib/testbed/workloads.ts';

export default check(
	{
		title: 'The node port of a deleted Service is free at once, and leads within seconds to the next one that takes it',
		why:
			'Blue-green releases hand a fixed node port from one Service to the next. A node that keeps the old rule sends users to ' +
			'the retired version, while the API and all other nodes say otherwise.',
		refs: ['https://kubernetes.io/docs/concepts/services-networking/service/#nodeport-custom-port'],
		needs: ['node-access', 'outside-host'],
		faults: ['kube-proxy-hangs'],
	},
	async testbed => {
		const {kube, namespace} = testbed;
		const ports = [{name: 'http', port: 80, targetPort: 8080}];
		const {nodePorts} = await echoService(testbed, {replicas: 2, type: 'NodePort', ports});
		const nodePort = nodePorts['http'] ?? 0;
		await echoPods(testbed, {name: 'next', replicas: 2});
		await testbed.settled();

		testbed.step(`the Service with node port ${nodePort} is deleted, and another one asks for it`);
		await kube.core.deleteNamespacedService({namespace, name: 'echo'});
		await service(testbed, {name: 'next', type: 'NodePort', selector: {app: 'next'}, ports: [{...ports[0]!, nodePort}]});
		const to = testbed.nodes.map(({name, ip}) => ({name, ip, port: nodePort}));
		await flowsFollow(testbed, `NodePort ${nodePort}, taken over`, {from: ['outside'], to, counts: 40}, 'next');
	},
);
