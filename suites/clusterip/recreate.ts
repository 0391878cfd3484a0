import check from '../../lib/check/check.ts';
import {echoService} from '../../lib/testbed/echo-service.ts';
import {flowsFollow} from '../../lib/testbed/follow.ts';
import {service} from '../../lib/testbed/workloads.ts';

export default check(
	{
		title: 'A Service that is deleted and made anew serves by its new ClusterIP within seconds, and by its old one no more',
		why:
			'Helm and GitOps delete and make a Service anew when a field cannot be changed. Where the old rules stay, clients that ' +
			'cached the address reach pods that nobody expects; where new ones are missing, they time out on that node.',
		refs: ['https://kubernetes.io/docs/reference/networking/virtual-ips/'],
		needs: ['node-access'],
		faults: ['kube-proxy-hangs'],
	},
	async testbed => {
		const {kube, namespace} = testbed;
		const ports = [{name: 'http', port: 80, targetPort: 8080}];
		const old = await echoService(testbed, {replicas: 2, ports});
		// Made before the old one goes, so that it cannot be given the same address.
		const {clusterIp} = await service(testbed, {name: 'next', selector: {app: 'nobody'}, ports});
		await testbed.settled();

		testbed.step('the Service is deleted, and another one serves its pods');
		await kube.core.deleteNamespacedService({namespace, name: 'echo'});
		const made = await kube.core.readNamespacedService({namespace, name: 'next'});
		await kube.core.replaceNamespacedService({namespace, name: 'next', body: {...made, spec: {...made.spec, selector: {app: 'echo'}}}});
		const to = [
			{name: 'new ClusterIP', ip: clusterIp, port: 80},
			{name: 'old ClusterIP', ip: old.clusterIp, port: 80},
		];
		await flowsFollow(testbed, 'After the Service was made anew', {from: ['pod', 'node'], to, counts: 60}, 'next');
	},
);
