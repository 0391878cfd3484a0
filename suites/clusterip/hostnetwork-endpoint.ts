import check from '../../lib/check/check.ts';
import {expectations} from '../../lib/testbed/expectations.ts';
import {flowsOf} from '../../lib/testbed/flows-of.ts';
import {sendFlows} from '../../lib/testbed/flows.ts';
import {programmed} from '../../lib/testbed/programmed.ts';
import {echoPods, service} from '../../lib/testbed/workloads.ts';

export default check(
	{
		title: "A ClusterIP serves by pods in their node's own network, from every pod and from every node, that node included",
		why:
			"Ingress controllers, node exporters and the API server itself live in their node's network. A host firewall on this way " +
			'cuts pods off from the API and from metrics, while Services over ordinary pods work.',
		refs: ['https://kubernetes.io/docs/concepts/security/pod-security-standards/'],
		needs: ['node-access'],
		faults: ['dispatch', 'endpoint-rule'],
	},
	async testbed => {
		const [tcp = 0, udp = 0] = await testbed.lease('host-port', 2);
		testbed.step(`two echo pods in the network of their nodes, on ports ${tcp} and ${udp}`);
		await echoPods(testbed, {name: 'echo', replicas: 2, hostNetwork: true, ports: {tcp: ['http', tcp], udp: ['udp', udp]}});
		const {clusterIp} = await service(testbed, {
			name: 'echo',
			selector: {app: 'echo'},
			ports: [
				{name: 'http', port: 80, targetPort: 'http'},
				{name: 'udp', port: 80, targetPort: 'udp', protocol: 'UDP'},
			],
		});
		await programmed(testbed, 'echo');
		const expected = await expectations(testbed);
		// A server on its node's network answers a datagram of a pod there with the address of the pod's gateway, not with the one that was
		// asked: its own doing (it binds no address), and no Service's. So datagrams come from nodes alone.
		const [tcpOnly, both] = [['TCP'], ['TCP', 'UDP']].map(protocols =>
			protocols.map(protocol => ({ip: clusterIp, port: 80, protocol: protocol as 'TCP' | 'UDP'})),
		);
		const flows = [
			...(await flowsOf(testbed, {from: ['pod'], to: tcpOnly!, counts: 60}, expected)),
			...(await flowsOf(testbed, {from: ['node'], to: both!, counts: 60}, expected)),
		];
		await testbed.settled();

		testbed.step('60 new connections from a pod and from the host network of each node');
		await sendFlows(testbed, 'Backends in the network of their nodes', flows);
	},
);
