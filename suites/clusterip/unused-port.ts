import check from '../../lib/check/check.ts';
import {echoService} from '../../lib/testbed/echo-service.ts';
import {flowsOf} from '../../lib/testbed/flows-of.ts';
import {sendFlows} from '../../lib/testbed/flows.ts';

/** What refuses is an ICMP message in some modes, and the kernel sends one client few of them. */
const COUNT = 2;

export default check(
	{
		title: 'A port that the Service does not have is served by nobody, neither by its endpoints nor by the node, as the mode says',
		why:
			'In ipvs mode all that listens on a node, sshd and kubelet included, could once be reached by any ClusterIP ' +
			"(kubernetes#72236), past firewalls that protect the node's own address. Elsewhere a wrong port is a refusal or a timeout.",
		refs: [
			'https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/proxy/nftables/proxier.go',
			'https://github.com/kubernetes/kubernetes/issues/72236',
		],
		needs: ['node-access'],
		faults: ['dispatch-wrong-port'],
	},
	async testbed => {
		const {clusterIp, expected} = await echoService(testbed, {replicas: 2, ports: [{name: 'http', port: 80, targetPort: 8080}]});
		const to = [
			{name: 'a port beside it', ip: clusterIp, port: 81},
			// kubelet listens there on every node.
			{name: "kubelet's port", ip: clusterIp, port: 10_250},
		];
		const flows = await flowsOf(testbed, {from: ['pod', 'node'], to, counts: COUNT, timeouts: true}, expected);
		await testbed.settled();

		testbed.step(`${COUNT} connections from a pod and from the host network of each node`);
		await sendFlows(testbed, `Ports that ${clusterIp} does not have`, flows);
	},
);
