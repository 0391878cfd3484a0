import check from '../../lib/check/check.ts';
import {echoService} from '../../lib/testbed/echo-service.ts';
import {flowsOf} from '../../lib/testbed/flows-of.ts';
import {sendFlows} from '../../lib/testbed/flows.ts';

export default check(
	{
		title: 'A NodePort with policy Cluster shows its backend an address of the node that the client came in by, TCP and UDP',
		why:
			'Without the rewrite a backend on another node answers the client directly, and the client, which asked the node, drops ' +
			'it: node ports work only where the pod is. With it logs name nodes, which is by design.',
		refs: ['https://kubernetes.io/docs/tutorials/services/source-ip/#source-ip-for-services-with-type-nodeport'],
		needs: ['node-access', 'outside-host'],
		faults: ['masquerade-missing'],
	},
	async testbed => {
		const {nodePorts, expected} = await echoService(testbed, {
			replicas: 3,
			type: 'NodePort',
			ports: [
				{name: 'tcp', port: 80, targetPort: 8080},
				{name: 'udp', port: 80, targetPort: 8081, protocol: 'UDP'},
			],
		});
		const to = testbed.nodes.flatMap(({name, ip}) => [
			{name: `${name} TCP`, ip, port: nodePorts['tcp'] as number},
			{name: `${name} UDP`, ip, port: nodePorts['udp'] as number, protocol: 'UDP' as const},
		]);
		const flows = await flowsOf(testbed, {from: ['outside'], to, counts: 60, sources: true}, expected);
		await testbed.settled();

		testbed.step('60 new connections from outside to each node, and the address that the backends saw');
		await sendFlows(testbed, 'Source addresses by NodePort', flows);
	},
);
