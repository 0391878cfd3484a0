import check from '../../lib/check/check.ts';
import {echoService} from '../../lib/testbed/echo-service.ts';
import {flowsOf} from '../../lib/testbed/flows-of.ts';
import {sendFlows} from '../../lib/testbed/flows.ts';

export default check(
	{
		title: "A backend behind a ClusterIP sees the client pod's own address, on its own node and on another, TCP and UDP",
		why:
			"NetworkPolicies, allow-lists, rate limits and audit logs go by the pod's address. masqueradeAll or a wrong clusterCIDR " +
			"hides it behind the node's: policies then deny or admit everybody, and logs name nodes.",
		refs: ['https://kubernetes.io/docs/tutorials/services/source-ip/#source-ip-for-services-with-type-clusterip'],
		needs: ['node-access'],
		faults: ['masqueraded'],
	},
	async testbed => {
		const {clusterIp, expected} = await echoService(testbed, {
			replicas: 3,
			ports: [
				{name: 'tcp', port: 80, targetPort: 8080},
				{name: 'udp', port: 80, targetPort: 8081, protocol: 'UDP'},
			],
		});
		const to = (['TCP', 'UDP'] as const).map(protocol => ({ip: clusterIp, port: 80, protocol}));
		const flows = await flowsOf(testbed, {from: ['pod'], to, counts: 60, sources: true}, expected);
		await testbed.settled();

		testbed.step('60 new connections from a pod on each node, and the address that the backends saw');
		await sendFlows(testbed, 'Source addresses by ClusterIP', flows);
	},
);
