import {judgeBalance} from '../../lib/testbed/balance.ts';
import check from '../../lib/check/check.ts';
import {echoService} from '../../lib/testbed/echo-service.ts';
import {flowsOf} from '../../lib/testbed/flows-of.ts';
import {sendFlows} from '../../lib/testbed/flows.ts';

export default check(
	{
		title: 'New connections to a ClusterIP are spread evenly over all its endpoints, and over nothing else',
		why:
			'A lost rule or a skewed probability overloads some pods and idles others; a foreign endpoint sends a share of users to ' +
			"somebody else's program. It shows as errors or latency of one replica only.",
		refs: [
			'https://kubernetes.io/docs/reference/networking/virtual-ips/',
			'https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/proxy/iptables/proxier.go',
		],
		uses: ['proxy'],
		faults: ['endpoint-rule', 'skewed-choice', 'foreign-endpoint'],
	},
	async testbed => {
		const {clusterIp, expected} = await echoService(testbed, {replicas: 3, ports: [{name: 'http', port: 80, targetPort: 8080}]});
		const flows = await flowsOf(testbed, {from: ['pod'], to: [{ip: clusterIp, port: 80}], counts: 600}, expected);
		await testbed.settled();

		testbed.step('600 new connections from a pod on each node');
		const sent = await sendFlows(testbed, `ClusterIP ${clusterIp}:80`, flows);
		judgeBalance(testbed, sent);
	},
);
