import check from '../../lib/check/check.ts';
import {echoService} from '../../lib/testbed/echo-service.ts';
import {flowsFollow} from '../../lib/testbed/follow.ts';
import {scaled} from '../../lib/testbed/workloads.ts';

export default check(
	{
		title: 'Pods that come and go are served and left within seconds, and no answer is lost or comes from a pod that is gone',
		why:
			'Every rollout and every step of an autoscaler moves endpoints. Clients of a node that follows late run into pods that are ' +
			'gone, usually on one node, whose kube-proxy hangs or cannot keep up.',
		refs: ['https://kubernetes.io/docs/concepts/services-networking/endpoint-slices/'],
		needs: ['node-access'],
		faults: ['kube-proxy-hangs'],
	},
	async testbed => {
		const {clusterIp} = await echoService(testbed, {replicas: 3, ports: [{name: 'http', port: 80, targetPort: 8080}]});
		await testbed.settled();

		for (const replicas of [5, 1, 3]) {
			testbed.step(`${replicas} pods`);
			await scaled(testbed, 'echo', replicas);
			const wish = {from: ['pod', 'node'] as const, to: [{ip: clusterIp, port: 80}], counts: 60};
			await flowsFollow(testbed, `With ${replicas} pods`, wish, 'echo');
		}
	},
);
