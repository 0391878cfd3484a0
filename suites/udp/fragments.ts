import check from '../../lib/check/check.ts';
import {echoService} from '../../lib/testbed/echo-service.ts';
import {loadsReturn, serveLoads, type LoadWay} from '../../lib/testbed/loads.ts';

/** No echo pod listens there by itself. */
const ECHO_PORT = 9000;
/** In two and in many fragments of packets of 1,500 bytes. */
const LOADS = [
	{protocol: 'UDP', bytes: 2_000},
	{protocol: 'UDP', bytes: 30_000},
] as const;

export default check(
	{
		title: 'Datagrams that come in fragments are answered whole, by the ClusterIP and by the NodePort of every node',
		why:
			'Large DNS answers, SIP, RADIUS and video come in fragments, of which only the first has ports. A firewall or a node that ' +
			'cannot put them together loses just the large datagrams, and every test with small ones passes.',
		refs: ['https://www.rfc-editor.org/rfc/rfc8900', 'https://docs.kernel.org/networking/nf_conntrack-sysctl.html'],
		needs: ['node-access', 'outside-host'],
		budgetMs: 90_000,
		faults: ['fragments-lost', 'dispatch'],
	},
	async testbed => {
		const {clusterIp, nodePorts, pods} = await echoService(testbed, {
			replicas: 2,
			client: true,
			type: 'NodePort',
			ports: [{name: 'udp', port: 80, targetPort: ECHO_PORT, protocol: 'UDP'}],
		});
		await serveLoads(testbed, pods, ECHO_PORT);
		const outside = await testbed.vantage.outside();
		const ways = await Promise.all(
			testbed.nodes.flatMap(({name: node, ip}): Promise<LoadWay>[] => [
				testbed.vantage.pod(node).then(from => ({name: `pod on ${node}`, node, from, to: {ip: clusterIp, port: 80}})),
				Promise.resolve({
					name: `outside to ${node}`,
					node,
					from: outside,
					to: {ip, port: nodePorts['udp'] as number},
				}),
			]),
		);
		await testbed.settled();

		testbed.step('datagrams of several sizes from a pod on each node, and from outside to each node');
		await loadsReturn(testbed, 'Fragments', ways, LOADS);
	},
);
