import check from '../../lib/check/check.ts';
import {echoService} from '../../lib/testbed/echo-service.ts';
import {flowsOf} from '../../lib/testbed/flows-of.ts';
import {sendFlows} from '../../lib/testbed/flows.ts';
import {lastWorker} from '../../lib/testbed/last-worker.ts';

export default check(
	{
		title:
			'A client outside the cluster, for whom the ClusterIP is routed to a node, is served, and backends see an address of ' +
			'that node',
		why:
			'Data centres route the Service range to a node. Without the masquerade a backend answers the client directly, past the ' +
			'node that has translated, and the client drops the stray reply: timeouts for outside clients only.',
		refs: ['https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/proxy/iptables/proxier.go'],
		needs: ['node-access', 'outside-host'],
		faults: ['masquerade-strangers', 'dispatch'],
	},
	async testbed => {
		const {clusterIp, expected} = await echoService(testbed, {
			replicas: 3,
			ports: [
				{name: 'tcp', port: 80, targetPort: 8080},
				{name: 'udp', port: 80, targetPort: 8081, protocol: 'UDP'},
			],
		});
		const via = lastWorker(testbed);
		await testbed.routeOutside(new Map([[clusterIp, via]]));
		const to = (['TCP', 'UDP'] as const).map(protocol => ({ip: clusterIp, port: 80, protocol, via}));
		const flows = await flowsOf(testbed, {from: ['outside'], to, counts: 100, sources: true}, expected);
		await testbed.settled();

		testbed.step(`100 new connections from outside by ${via.name}`);
		await sendFlows(testbed, 'ClusterIP from outside', flows);
	},
);
