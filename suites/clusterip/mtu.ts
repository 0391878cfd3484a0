import check from '../../lib/check/check.ts';
import {TRAITS} from '../../lib/model/modes/traits.ts';
import {echoService} from '../../lib/testbed/echo-service.ts';
import {loadsReturn, serveLoads} from '../../lib/testbed/loads.ts';

/** No echo pod listens there by itself. */
const ECHO_PORT = 9000;
const LOADS = [
	{protocol: 'TCP', bytes: 65_536},
	{protocol: 'UDP', bytes: 1_400},
	{protocol: 'UDP', bytes: 8_972},
] as const;

export default check(
	{
		title: 'Streams and datagrams larger than a packet come through a ClusterIP and back whole, from pods and from host networks',
		why:
			'An overlay whose MTU is larger than its path loses full packets: handshakes and probes pass, while downloads, TLS ' +
			'certificates and large JSON hang. It comes with a new tunnel or network, often between some nodes only.',
		refs: ['https://www.rfc-editor.org/rfc/rfc2923#section-2.1', 'https://kubernetes.io/docs/reference/networking/virtual-ips/'],
		needs: ['node-access'],
		budgetMs: 90_000,
		faults: ['large-packets-lost', 'dispatch'],
	},
	async testbed => {
		const {clusterIp, pods} = await echoService(testbed, {
			replicas: 2,
			client: true,
			ports: [
				{name: 'tcp', port: 80, targetPort: ECHO_PORT},
				{name: 'udp', port: 80, targetPort: ECHO_PORT, protocol: 'UDP'},
			],
		});
		await serveLoads(testbed, pods, ECHO_PORT);
		const to = {ip: clusterIp, port: 80};
		const learnsMtu = TRAITS[testbed.mode].bindsAddresses;
		const ways = await Promise.all(
			testbed.nodes.flatMap(({name: node}) => [
				testbed.vantage.pod(node).then(from => ({name: `pod on ${node}`, node, from, to})),
				testbed.vantage.node(node).then(from => ({name: node, node, from, to, learnsMtu})),
			]),
		);
		await testbed.settled();

		testbed.step('loads of several sizes from a pod and from the host network of each node');
		await loadsReturn(testbed, `ClusterIP ${clusterIp}:80`, ways, LOADS);
	},
);
