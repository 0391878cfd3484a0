import check from '../../lib/check/check.ts';
import {echoService} from '../../lib/testbed/echo-service.ts';
import {flowsFollow} from '../../lib/testbed/follow.ts';
import {rollOutUnderLoad} from '../../lib/testbed/roll-out.ts';

export default check(
	{
		title: 'A rolling update under load loses no connection, where pods go on serving for some seconds before they end',
		why:
			'A release in working hours should be invisible. Errors come where pods exit before all nodes have taken them out of their ' +
			'rules: a preStop pause mends it, unless a slow or stuck kube-proxy outlasts the pause.',
		refs: ['https://kubernetes.io/docs/tutorials/services/pods-and-endpoint-termination-flow/'],
		needs: ['node-access'],
		budgetMs: 150_000,
		faults: ['kube-proxy-hangs'],
	},
	async testbed => {
		const ports = [{name: 'http', port: 80, targetPort: 8080}];
		const {clusterIp} = await echoService(testbed, {replicas: 3, lingerSeconds: 8, ports});
		await testbed.settled();

		testbed.step('every pod is replaced, one after the other, and connections from every node go on');
		await rollOutUnderLoad(testbed, {name: 'echo', to: {ip: clusterIp, port: 80}});
		await flowsFollow(testbed, 'After the rollout', {from: ['pod', 'node'], to: [{ip: clusterIp, port: 80}], counts: 40}, 'echo');
	},
);
