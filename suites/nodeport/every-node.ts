import check from '../../lib/check/check.ts';
import {echoService} from '../../lib/testbed/echo-service.ts';
import {judgeBalance} from '../../lib/testbed/balance.ts';
import {flowsOf} from '../../lib/testbed/flows-of.ts';
import {sendFlows} from '../../lib/testbed/flows.ts';

export default check(
	{
		title:
			'A NodePort answers on every address of every node, TCP and UDP, from a pod, from a node and from outside, and balances ' +
			'over all endpoints',
		why:
			'Load balancers spread over all nodes and trust each of them. One with missing rules, a dead kube-proxy or a closed ' +
			'firewall loses its share: one request in as many as there are nodes times out.',
		refs: ['https://kubernetes.io/docs/concepts/services-networking/service/#type-nodeport'],
		needs: ['node-access', 'outside-host'],
		budgetMs: 120_000,
		uses: ['proxy'],
		faults: ['dispatch'],
	},
	async testbed => {
		// So few that some nodes have none.
		const {nodePorts, expected} = await echoService(testbed, {
			replicas: 2,
			type: 'NodePort',
			ports: [
				{name: 'tcp', port: 80, targetPort: 8080},
				{name: 'udp', port: 80, targetPort: 8081, protocol: 'UDP'},
			],
		});
		const to = testbed.nodes.flatMap(({name, ips}) =>
			ips.flatMap(ip => [
				{name: `${name} ${ip} TCP`, ip, port: nodePorts['tcp'] as number},
				{name: `${name} ${ip} UDP`, ip, port: nodePorts['udp'] as number, protocol: 'UDP' as const, nodePort: true as const},
			]),
		);
		const outside = await flowsOf(testbed, {from: ['outside'], to, counts: 600}, expected);
		const inside = await flowsOf(testbed, {from: ['pod', 'node'], on: [testbed.workers[0]], to, counts: 40}, expected);
		await testbed.settled();

		// By itself: where a scheduler deals out in turn, others take their turns too.
		testbed.step('600 new connections from outside to each address');
		judgeBalance(testbed, await sendFlows(testbed, 'NodePort from outside', outside));
		testbed.step('40 new connections from a pod and from a node to each address');
		await sendFlows(testbed, 'NodePort from inside', inside);
	},
);
