import check from '../../lib/check/check.ts';
import {backendsOf, judgeAffinity} from '../../lib/testbed/affinity.ts';
import {echoService} from '../../lib/testbed/echo-service.ts';
import {flowsOf} from '../../lib/testbed/flows-of.ts';
import {sendFlows} from '../../lib/testbed/flows.ts';
import {flowsFollow} from '../../lib/testbed/follow.ts';
import {scaled} from '../../lib/testbed/workloads.ts';

const REPLICAS = 4;

export default check(
	{
		title: 'A client whose endpoint is gone is sent to another one within seconds, whatever session affinity says, and stays there',
		why:
			'Before kube-proxy set expire_quiescent_template, ipvs kept clients with a deleted pod for up to three hours ' +
			'(kubernetes#71809). After a rollout such users time out while everybody else is served.',
		refs: [
			'https://github.com/kubernetes/kubernetes/issues/71809',
			'https://kubernetes.io/docs/reference/networking/virtual-ips/#session-affinity',
		],
		needs: ['node-access'],
		faults: ['kube-proxy-hangs'],
	},
	async testbed => {
		const {kube, namespace} = testbed;
		const ports = [{name: 'http', port: 80, targetPort: 8080}];
		const {clusterIp, expected} = await echoService(testbed, {replicas: REPLICAS, ports, sessionAffinity: 'ClientIP'});
		const wish = {from: ['pod', 'node'] as const, to: [{ip: clusterIp, port: 80}], counts: 20};
		const before = await sendFlows(testbed, 'Before', await flowsOf(testbed, wish, expected));
		judgeAffinity(testbed, before);
		await testbed.settled();

		const gone = [...new Set(before.flatMap(flow => backendsOf(flow)))];
		testbed.step(`the endpoints that clients have go: ${gone.join(', ')}`);
		await Promise.all(gone.map(async name => kube.core.deleteNamespacedPod({namespace, name})));
		await scaled(testbed, 'echo', REPLICAS);
		judgeAffinity(testbed, await flowsFollow(testbed, 'Clients whose endpoint is gone', wish, 'echo'));
	},
);
