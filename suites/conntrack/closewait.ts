import check from '../../lib/check/check.ts';
import {needed} from '../../lib/facts/fact.ts';
import {ofEachNode} from '../../lib/testbed/ask-nodes.ts';
import {echoService} from '../../lib/testbed/echo-service.ts';
import {judgeNodes} from '../../lib/testbed/judge-nodes.ts';
import {keepConnection} from '../../lib/testbed/kept-socket.ts';
import {eventually} from '../../lib/wait/eventually.ts';

/** kube-proxy's own value where its configuration has none (pkg/proxy/apis/config/v1alpha1/defaults.go). */
const DEFAULT_SECONDS = 3_600;
/** From the end of the server's half to our look. */
const LATE_SECONDS = 60;
const KEEP_MS = 30_000;
/** Until the client's kernel has acknowledged the server's end: at once, or 40 to 200 ms later (delayed ACK); then FIN_WAIT is over. */
const ACKNOWLEDGED_WITHIN_MS = 10_000;

/** `1h0m0s` in seconds. */
const secondsOf = (duration: string): number => {
	const {h = 0, m = 0, s = 0} = /^(?:(?<h>\d+)h)?(?:(?<m>\d+)m)?(?:(?<s>\d+)s)?$/.exec(duration)?.groups ?? {};
	return Number(h) * 3600 + Number(m) * 60 + Number(s);
};

export default check(
	{
		title: 'A connection whose server has closed its half is remembered as long as kube-proxy is told: the client can still send',
		why:
			"After the kernel's own minute the entry is gone while the client still holds its half. What it sends then is no longer " +
			'translated, which was seen as rare refused connections on GKE (kubernetes#32551).',
		refs: [
			'https://github.com/kubernetes/kubernetes/issues/32551',
			'https://github.com/kubernetes/kubernetes/blob/v1.36.3/test/e2e/network/kube_proxy.go',
		],
		needs: ['node-access'],
		faults: ['close-wait-short'],
	},
	async testbed => {
		const {clusterIp} = await echoService(testbed, {replicas: 1, ports: [{name: 'http', port: 80, targetPort: 8080}]});
		await testbed.settled();

		testbed.step('a connection of a pod on each node, which the server closes and the client does not');
		const say = `GET /hostname HTTP/1.1\r\nHost: echo\r\nConnection: close\r\n\r\n`;
		const ports = new Map(
			await Promise.all(
				testbed.nodes.map(async ({name}) => {
					const place = await testbed.vantage.pod(name);
					const wish = {ip: clusterIp, port: 80, say, untilClosed: true, keepMs: KEEP_MS};
					return [name, await place.evaluate(keepConnection, wish, {timeoutMs: KEEP_MS})] as const;
				}),
			),
		);
		const look = testbed.family === 'ipv6' ? 'conntrackIpv6' : 'conntrack';
		const remembered = async () =>
			ofEachNode(testbed, [look, 'configz'], (facts, {name}) => {
				const {entries} = needed(name, facts[look]);
				const asked = facts.configz.ok ? /"tcpCloseWaitTimeout":"([^"]+)"/.exec(facts.configz.value)?.[1] : undefined;
				const seconds = asked === undefined ? DEFAULT_SECONDS : secondsOf(asked);
				const own = entries.find(
					({protocol, original}) =>
						protocol === 'tcp' && original.destination === clusterIp && original.sourcePort === ports.get(name),
				);
				const text = own ? `${own.state}, for ${own.timeoutSeconds} s more` : 'not remembered';
				const left = own?.timeoutSeconds ?? 0;
				const isRight = own?.state === 'CLOSE_WAIT' && left <= seconds && left > seconds - LATE_SECONDS;
				return {text, wrong: isRight ? undefined : `${text} instead of CLOSE_WAIT, for ${seconds} s`};
			});
		const seen = await eventually(
			'every node has seen the client acknowledge the end of the server',
			async () => {
				const all = await remembered();
				const early = all.filter(({text}) => text.startsWith('FIN_WAIT'));
				return early.length === 0
					? {done: true, value: all}
					: {
							done: false,
							observed: early.map(({node, text}) => `${node}: ${text}`).join('\n'),
							nodes: early.map(({node}) => node),
						};
			},
			{timeoutMs: ACKNOWLEDGED_WITHIN_MS, signal: testbed.signal},
		);
		const expected = "CLOSE_WAIT, for kube-proxy's tcpCloseWaitTimeout";
		const reproduce = `conntrack -L -p tcp --orig-dst ${clusterIp}; sysctl net.netfilter.nf_conntrack_tcp_timeout_close_wait`;
		judgeNodes(testbed, {title: 'Half-closed connections', expected, layer: 'sysctl', reproduce}, seen);
	},
);
