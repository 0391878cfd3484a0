import {restartProxy} from '../../lib/change/proxy-config.ts';
import check from '../../lib/check/check.ts';
import {DIAL_TIMEOUT_MS} from '../../lib/limits.ts';
import {echoService} from '../../lib/testbed/echo-service.ts';
import {judgeNodes} from '../../lib/testbed/judge-nodes.ts';
import {askMeanwhile} from '../../lib/testbed/same-client.ts';
import {withPort} from '../../lib/ip.ts';

const LOCAL_PORT = 20_053;

export default check(
	{
		title: 'While kube-proxy restarts, clients that send datagrams from one port lose none; whether they keep their backend is told',
		why:
			'QUIC and voice sessions live in one backend, and a kube-proxy that starts may clear their entries and move them to ' +
			'another (kubernetes#122740). A datagram that is lost on top is a gap that users hear.',
		refs: ['https://github.com/kubernetes/kubernetes/issues/122740'],
		needs: ['node-access', 'proxy-pods'],
		budgetMs: 120_000,
		exclusive: ['proxy'],
		faults: ['dispatch'],
	},
	async testbed => {
		const {clusterIp} = await echoService(testbed, {
			replicas: 3,
			ports: [{name: 'udp', port: 80, targetPort: 8081, protocol: 'UDP'}],
		});
		const to = {ip: clusterIp, port: 80, protocol: 'UDP' as const};
		const clients = await Promise.all(
			testbed.nodes.map(async node => ({node, from: await testbed.vantage.pod(node.name), to, localPort: LOCAL_PORT})),
		);
		await testbed.settled();

		testbed.step('kube-proxy of every node restarts, and a client on each goes on');
		const restart = {name: 'kube-proxy is restarted', make: [restartProxy()], undo: []};
		const restarting = testbed.change(restart);
		const seen = await Promise.all(
			clients.map(async client => {
				const dials = await askMeanwhile(testbed, client, async () => restarting, DIAL_TIMEOUT_MS);
				const lost = dials.filter(({outcome}) => outcome !== 'answered');
				const backends = new Set(dials.flatMap(dial => (dial.outcome === 'answered' ? [dial.backend] : [])));
				testbed.number(`backends of the client on ${client.node.name}`, backends.size, '');
				const text = `${lost.length} of ${dials.length} lost, ${backends.size} backends`;
				return {node: client.node.name, text, wrong: lost.length > 0 ? `${text}: ${lost[0]?.outcome}` : undefined};
			}),
		);
		const reproduce = `echo hostname | socat -t 2 - UDP:${withPort(clusterIp, 80)},sourceport=${LOCAL_PORT}`;
		judgeNodes(testbed, {title: 'Datagrams during the restart', expected: 'every one is answered', reproduce}, seen);
	},
);
