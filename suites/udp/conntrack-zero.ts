import check from '../../lib/check/check.ts';
import {echoService} from '../../lib/testbed/echo-service.ts';
import {lastWorker} from '../../lib/testbed/last-worker.ts';
import {programmed} from '../../lib/testbed/programmed.ts';
import {forgotten} from '../../lib/testbed/remembered.ts';
import {askMeanwhile, askOnce, type SameClient} from '../../lib/testbed/same-client.ts';
import {scaled} from '../../lib/testbed/workloads.ts';

/** The first of three; below the range that clients choose from, so that nobody else has them. */
const LOCAL_PORTS = 20_055;

export default check(
	{
		title: 'When the last endpoint goes, no node goes on sending datagrams of old flows to it',
		refs: ['https://github.com/kubernetes/kubernetes/issues/139628'],
		needs: ['node-access', 'outside-host'],
		rows: {
			ClusterIP: {
				title: 'When the last endpoint goes, flows to the ClusterIP do not lead to it any more',
				why:
					'Since 1.32 old flows stay when the last endpoint goes (kubernetes#139628, mended in 1.37): in one cluster statsd ' +
					"senders kept a node busy with a deleted pod's traffic for 13 hours.",
			},
			NodePort: {
				title: 'When the last endpoint goes, flows to the NodePort do not lead to it any more',
				why:
					'Devices that send syslog or NetFlow never change their port, so a flow that stays leads to a dead address for as ' +
					'long as they send. 1.37 mends the other ways in, and not node ports (kubernetes#139628).',
			},
			ExternalIP: {
				title: 'When the last endpoint goes, flows to an external IP do not lead to it any more',
				why:
					'Senders outside stay with the address of the deleted pod (kubernetes#139628, mended in 1.37). Once another pod ' +
					'gets that address, it receives datagrams that were meant for somebody else.',
			},
		},
		faults: ['kube-proxy-hangs'],
	},
	async testbed => {
		const [externalIp = ''] = await testbed.lease('external-ip', 1);
		const {clusterIp, nodePorts, pods} = await echoService(testbed, {
			replicas: 1,
			type: 'NodePort',
			externalIPs: [externalIp],
			ports: [{name: 'udp', port: 80, targetPort: 8081, protocol: 'UDP'}],
		});
		const node = lastWorker(testbed);
		await testbed.routeOutside(new Map([[externalIp, node]]));
		const [outside, pod] = await Promise.all([testbed.vantage.outside(), testbed.vantage.pod(node.name)]);
		const ways = {
			ClusterIP: {from: pod, to: {ip: clusterIp, port: 80, protocol: 'UDP' as const}},
			NodePort: {from: outside, to: {ip: node.ip, port: nodePorts['udp'] as number, protocol: 'UDP' as const}},
			ExternalIP: {from: outside, to: {ip: externalIp, port: 80, protocol: 'UDP' as const}},
		};
		testbed.step('a flow by each way in');
		// Each from a port of its own: two of them come from the same host.
		const clients = Object.values(ways).map((way, index): SameClient => ({...way, node, localPort: LOCAL_PORTS + index}));
		await Promise.all(clients.map(askOnce));
		await testbed.settled();

		testbed.step('the only endpoint goes, and the clients go on');
		const gone = async (): Promise<void> => {
			await scaled(testbed, 'echo', 0);
			await programmed(testbed, 'echo');
		};
		const work = gone();
		await Promise.all(clients.map(async client => askMeanwhile(testbed, client, async () => work)));
		const backends = pods.map(({ip}) => ip);
		await Promise.all(
			Object.entries(ways).map(async ([row, {to}]) => testbed.row(row, async () => forgotten(testbed, {node, to, backends}))),
		);
	},
);
