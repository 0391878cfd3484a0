import check from '../../lib/check/check.ts';
import {echoService} from '../../lib/testbed/echo-service.ts';
import {flowsFollow} from '../../lib/testbed/follow.ts';

export default check(
	{
		title: 'A port that is added to a Service serves within seconds on every node, and one that is taken away is served no more',
		why:
			'Ports change with many a chart upgrade. A node whose kube-proxy is stuck refuses the new port and goes on serving the old ' +
			'one: the release seems done, and callers on that node fail.',
		refs: ['https://kubernetes.io/docs/reference/networking/virtual-ips/'],
		needs: ['node-access'],
		faults: ['kube-proxy-hangs'],
	},
	async testbed => {
		const {kube, namespace} = testbed;
		const {clusterIp} = await echoService(testbed, {replicas: 2, ports: [{name: 'old', port: 80, targetPort: 8080}]});
		await testbed.settled();

		testbed.step('port 81 in place of port 80');
		const made = await kube.core.readNamespacedService({namespace, name: 'echo'});
		const ports = [{name: 'new', port: 81, targetPort: 8080}];
		await kube.core.replaceNamespacedService({namespace, name: 'echo', body: {...made, spec: {...made.spec, ports}}});
		const to = [
			{name: 'new port', ip: clusterIp, port: 81},
			{name: 'old port', ip: clusterIp, port: 80},
		];
		await flowsFollow(testbed, 'Ports after the change', {from: ['pod', 'node'], to, counts: 60}, 'echo');
	},
);
