import check from '../../lib/check/check.ts';
import {proxyConfig} from '../../lib/change/proxy-config.ts';
import {TRAITS} from '../../lib/model/modes/traits.ts';
import {dialMeanwhile} from '../../lib/testbed/dial-meanwhile.ts';
import {echoService} from '../../lib/testbed/echo-service.ts';
import {judgeNodes} from '../../lib/testbed/judge-nodes.ts';
import {programmed} from '../../lib/testbed/programmed.ts';
import {leftoversOn} from '../rules/exact/leftovers.ts';

export default check(
	{
		title:
			'kube-proxy of all nodes goes over to another mode and back: Services are served in either, and nothing of the mode ' +
			'before is left',
		why:
			'The mode is changed on live nodes. What the old mode leaves behind goes on translating to pods that are gone, on all ' +
			'nodes that were not rebooted, when nobody thinks of the change any more.',
		refs: [
			'https://kubernetes.io/docs/reference/networking/virtual-ips/#proxy-modes',
			'https://github.com/kubernetes/kubernetes/blob/v1.36.3/cmd/kube-proxy/app/server_linux.go',
		],
		// Only between these two does kube-proxy take its predecessor's rules away when it starts (platformCleanup of server_linux.go).
		modes: ['iptables', 'nftables'],
		needs: ['node-access', 'proxy-pods'],
		budgetMs: 240_000,
		exclusive: ['cluster'],
		faults: ['forwarding'],
	},
	async testbed => {
		const {kube, nodes, signal} = testbed;
		const {clusterIp} = await echoService(testbed, {replicas: 3, ports: [{name: 'http', port: 80, targetPort: 8080}]});
		const {other} = TRAITS[testbed.mode];
		const change = await proxyConfig(kube, nodes, {mode: other});
		await testbed.settled();

		let takeBack = async (): Promise<void> => Promise.resolve();
		const ways = [
			{mode: other, go: async () => (takeBack = await testbed.change(change))},
			{mode: testbed.mode, go: async () => takeBack()},
		];
		for (const {mode, go} of ways) {
			testbed.step(`all nodes go over to mode ${mode}`);
			const meanwhile = await dialMeanwhile(testbed, {ip: clusterIp, port: 80}, async () => {
				await go();
				await programmed({...testbed, mode}, 'echo');
			});
			const seen = await Promise.all(
				meanwhile.map(async ({node, dials}) => {
					const left = await leftoversOn(
						nodes.find(({name}) => name === node)!,
						mode,
						signal,
					);
					const lost = dials.filter(({outcome}) => outcome !== 'answered').length;
					testbed.number(`connections lost on ${node} on the way to ${mode}`, lost, `of ${dials.length}`);
					const after = await (await testbed.vantage.pod(node)).dial({ip: clusterIp, port: 80}, {count: 20});
					const dead = after.filter(({outcome}) => outcome !== 'answered');
					const wrong = [
						...(dead.length === 0 ? [] : [`afterwards ${dead.length} of 20 lost: ${dead[0]?.outcome}`]),
						...left,
					].join(', ');
					return {node, text: `${lost} of ${dials.length} lost, ${left.length} left behind`, wrong: wrong || undefined};
				}),
			);
			const expected = `in mode ${mode} Services are served, and nothing is left of the mode before`;
			judgeNodes(testbed, {title: `To ${mode}`, expected, reproduce: `curl http://${clusterIp}/hostname`}, seen);
		}
	},
);
