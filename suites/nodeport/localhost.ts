import check from '../../lib/check/check.ts';
import {echoService} from '../../lib/testbed/echo-service.ts';
import {flowsOf} from '../../lib/testbed/flows-of.ts';
import {sendFlows} from '../../lib/testbed/flows.ts';

export default check(
	{
		title: "A NodePort is on a node's loopback address in iptables mode, and in no other, while the node's own address serves in all",
		why:
			'Registries and agents are often called at localhost and a node port. That takes iptables mode and route_localnet, so a ' +
			'change of mode or a hardened sysctl is followed by failing image pulls.',
		refs: [
			'https://kubernetes.io/docs/concepts/services-networking/service/#type-nodeport',
			'https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/proxy/nftables/README.md',
		],
		needs: ['node-access'],
		faults: ['dispatch', 'localhost-routing'],
	},
	async testbed => {
		const ports = [{name: 'http', port: 80, targetPort: 8080}];
		const {nodePorts, expected} = await echoService(testbed, {replicas: 3, type: 'NodePort', ports});
		const port = nodePorts['http'] ?? 0;
		const loopback = testbed.family === 'ipv6' ? '::1' : '127.0.0.1';
		const wish = {from: ['node'] as const, counts: 30, nobodyListens: true};
		const flows = (
			await Promise.all(
				testbed.nodes.map(async node =>
					flowsOf(
						testbed,
						{
							...wish,
							on: [node],
							to: [
								{name: 'loopback', ip: loopback, port},
								{name: 'own address', ip: node.ip, port},
							],
						},
						expected,
					),
				),
			)
		).flat();
		await testbed.settled();

		testbed.step('30 new connections from the host network of each node to itself');
		await sendFlows(testbed, `NodePort ${port}`, flows);
	},
);
