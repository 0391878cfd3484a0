import check from '../../lib/check/check.ts';
import {echoService} from '../../lib/testbed/echo-service.ts';
import {flowsOf} from '../../lib/testbed/flows-of.ts';
import {sendFlows} from '../../lib/testbed/flows.ts';

export default check(
	{
		title: 'A node of the control plane, where no endpoint is, serves NodePorts as every other node does, TCP and UDP',
		why:
			'Load balancers have often all nodes in their pool. Where kube-proxy is kept off the control plane by a taint, or a ' +
			'stricter firewall stands there, every nth connection fails, on a node where nobody looks for workloads.',
		refs: ['https://kubernetes.io/docs/concepts/services-networking/service/#type-nodeport'],
		needs: ['node-access', 'outside-host'],
		faults: ['dispatch-control-plane'],
	},
	async testbed => {
		const {nodePorts, expected} = await echoService(testbed, {
			replicas: 2,
			type: 'NodePort',
			ports: [
				{name: 'tcp', port: 80, targetPort: 8080},
				{name: 'udp', port: 80, targetPort: 8081, protocol: 'UDP'},
			],
		});
		const to = testbed.nodes
			.filter(({role}) => role === 'control-plane')
			.flatMap(({name, ip}) => [
				{name: `${name} TCP`, ip, port: nodePorts['tcp'] ?? 0},
				{name: `${name} UDP`, ip, port: nodePorts['udp'] ?? 0, protocol: 'UDP' as const, nodePort: true as const},
			]);
		const flows = await flowsOf(testbed, {from: ['outside', 'pod', 'node'], to, counts: 40}, expected);
		await testbed.settled();

		testbed.step('40 new connections from outside, from a pod and from the host network of each node');
		await sendFlows(testbed, 'NodePorts of the control plane', flows);
	},
);
