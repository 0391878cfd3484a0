import {judgeBalance} from '../../lib/testbed/balance.ts';
import check from '../../lib/check/check.ts';
import {echoService} from '../../lib/testbed/echo-service.ts';
import {flowsOf} from '../../lib/testbed/flows-of.ts';
import {sendFlows} from '../../lib/testbed/flows.ts';

export default check(
	{
		title: 'Datagrams of new sockets to a ClusterIP are spread evenly over all its endpoints, and over nothing else',
		why:
			'A skewed choice overflows the socket of one DNS, syslog or statsd server while the others idle. Nothing is refused or ' +
			'sent again: only UdpRcvbufErrors of nstat, in that pod, shows what was lost.',
		refs: ['https://kubernetes.io/docs/reference/networking/virtual-ips/'],
		uses: ['proxy'],
		faults: ['endpoint-rule', 'skewed-choice', 'foreign-endpoint'],
	},
	async testbed => {
		const {clusterIp, expected} = await echoService(testbed, {
			replicas: 3,
			ports: [{name: 'udp', port: 80, targetPort: 8081, protocol: 'UDP'}],
		});
		const to = [{ip: clusterIp, port: 80, protocol: 'UDP' as const}];
		const flows = await flowsOf(testbed, {from: ['pod'], to, counts: 600}, expected);
		await testbed.settled();

		testbed.step('datagrams of 600 new sockets from a pod on each node');
		judgeBalance(testbed, await sendFlows(testbed, `ClusterIP ${clusterIp}:80 UDP`, flows));
	},
);
