import check from '../../lib/check/check.ts';
import {echoService} from '../../lib/testbed/echo-service.ts';
import {flowsOf} from '../../lib/testbed/flows-of.ts';
import {sendFlows} from '../../lib/testbed/flows.ts';

export default check(
	{
		title: 'A ClusterIP answers from a pod and from the host network of every node, by a real endpoint, without one lost connection',
		why:
			"Every call inside a cluster depends on it, including those of host processes, such as the API server's to its webhooks. A " +
			'node with stale rules or a dead kube-proxy fails for its own pods alone, which looks like a flaky application.',
		refs: [
			'https://kubernetes.io/docs/concepts/services-networking/service/#type-clusterip',
			'https://kubernetes.io/docs/reference/networking/virtual-ips/',
		],
		needs: ['node-access'],
		faults: ['dispatch', 'endpoint-rule', 'kube-proxy-stopped'],
	},
	async testbed => {
		const {clusterIp, expected} = await echoService(testbed, {replicas: 3, ports: [{name: 'http', port: 80, targetPort: 8080}]});
		const flows = await flowsOf(testbed, {from: ['pod', 'node'], to: [{ip: clusterIp, port: 80}], counts: 100}, expected);
		await testbed.settled();

		testbed.step('100 new connections from a pod and from the host network of each node');
		await sendFlows(testbed, `ClusterIP ${clusterIp}:80`, flows);
	},
);
