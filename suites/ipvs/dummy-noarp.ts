import check from '../../lib/check/check.ts';
import {DUMMY} from '../../lib/model/rules/ipvs/addresses.ts';
import {ofEachNode} from '../../lib/testbed/ask-nodes.ts';
import {echoService} from '../../lib/testbed/echo-service.ts';
import {judgeNodes} from '../../lib/testbed/judge-nodes.ts';

export default check(
	{
		title: "A Service's address is on kube-ipvs0 of every node and on no other interface, and kube-ipvs0 speaks no ARP",
		why:
			'ipvs takes only what is addressed to the node itself, so a Service is dead on a node where its address is not bound. On a ' +
			'real interface the node answers ARP for it, and draws traffic of the whole segment.',
		refs: [
			'https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/proxy/ipvs/README.md',
			'https://github.com/kubernetes/kubernetes/issues/72236',
		],
		modes: ['ipvs'],
		needs: ['node-access'],
		uses: ['proxy'],
		faults: ['vip-unbound'],
	},
	async testbed => {
		const {clusterIp} = await echoService(testbed, {replicas: 1, ports: [{name: 'http', port: 80, targetPort: 8080}]});
		await testbed.settled();

		testbed.step('the addresses and the flags of every node');
		const flags = new Map(
			await Promise.all(
				testbed.nodes.map(async ({name, shell}) => [name, (await shell.run(['ip', 'link', 'show', DUMMY])).stdout] as const),
			),
		);
		const seen = await ofEachNode(testbed, ['addresses'], ({addresses}, {name}) => {
			if (!addresses.ok) return {text: '?', wrong: `${addresses.source}: ${addresses.why}`};
			const devices = addresses.value.items.filter(({address}) => address === clusterIp).map(({device}) => device);
			const text = devices.join(', ') || 'on no interface';
			const isSilent = flags.get(name)?.includes('NOARP') ?? false;
			const wrong = [...(text === DUMMY ? [] : [`${clusterIp} is ${text}`]), ...(isSilent ? [] : [`${DUMMY} is not NOARP`])].join(
				', ',
			);
			return {text, wrong: wrong || undefined};
		});
		const expected = `${clusterIp} on ${DUMMY} alone, which is NOARP`;
		judgeNodes(
			testbed,
			{title: 'Interfaces', expected, layer: 'rules', reproduce: `ip addr show to ${clusterIp}; ip link show ${DUMMY}`},
			seen,
		);
	},
);
