import check from '../../lib/check/check.ts';
import {narrowRoute} from '../../lib/change/narrow-route.ts';
import {echoService} from '../../lib/testbed/echo-service.ts';
import {sendFlows, type Flow} from '../../lib/testbed/flows.ts';
import {loadsReturn, serveLoads} from '../../lib/testbed/loads.ts';
import {orIcmpDropped} from '../../lib/testbed/or-icmp-dropped.ts';
import {runAt} from '../../lib/testbed/run-at.ts';

/** No echo pod listens there by itself. */
const ECHO_PORT = 9000;
/** Discard: agnhost does not listen there. */
const CLOSED_PORT = 9;
/** IPv6 asks for 1280 at least. */
const NARROW = 1_300;
/** The kernel sends one client few of these messages. */
const REFUSALS = 2;
/** "Too big" that a node has said, or would have where the packet was its own (net/ipv4/ip_forward.c, net/ipv6/ip6_output.c). */
const TOO_BIG = 'nstat -asz IpFragFails Ip6FragFails Ip6OutFragFails Icmp6OutPktTooBigs | awk "{sum += \\$2} END {print sum + 0}"';

export default check(
	{
		title: '"Port unreachable" and "too big", said by hosts and routers beyond a ClusterIP, reach the client as said of the ClusterIP',
		why:
			'Where ICMP is filtered or not translated back, large transfers hang after the handshake, and a closed UDP port is a ' +
			'timeout in place of an error. Firewalls that drop all ICMP do it, most often in front of VPNs and tunnels.',
		refs: ['https://www.rfc-editor.org/rfc/rfc5508#section-4', 'https://www.rfc-editor.org/rfc/rfc1191'],
		needs: ['node-access'],
		budgetMs: 90_000,
		exclusive: ['node'],
		faults: ['dispatch', 'icmp-dropped'],
	},
	async testbed => {
		const {clusterIp, pods} = await echoService(testbed, {
			replicas: 1,
			client: true,
			ports: [
				{name: 'open', port: 80, targetPort: ECHO_PORT},
				{name: 'closed', port: 81, targetPort: CLOSED_PORT, protocol: 'UDP'},
			],
		});
		await serveLoads(testbed, pods, ECHO_PORT);
		const [pod] = pods;
		if (!pod) return;
		const places = await Promise.all(testbed.nodes.map(async ({name}) => ({name, from: await testbed.vantage.pod(name)})));
		await testbed.settled();

		testbed.step('datagrams to a port of the backend where nobody listens');
		const flows = places.map(({name, from}): Flow => ({
			row: from.name,
			column: 'closed port',
			kind: 'pod',
			from,
			to: {ip: clusterIp, port: 81, protocol: 'UDP'},
			count: REFUSALS,
			node: name,
			expected: {outcome: 'refused', withinMs: 1_000},
		}));
		await orIcmpDropped(testbed, async () => sendFlows(testbed, 'Port unreachable', flows));

		testbed.step(`the last link to the backend carries ${NARROW} bytes`);
		const host = await testbed.vantage.node(pod.node);
		const told = async (): Promise<number> => Number((await runAt(host, ['sh', '-c', TOO_BIG])).stdout);
		const before = await told();
		await testbed.change(narrowRoute(pod.node, pod.ip, NARROW));
		const ways = places.map(({name, from}) => ({name: from.name, node: name, from, to: {ip: clusterIp, port: 80}}));
		await orIcmpDropped(testbed, async () => loadsReturn(testbed, 'Through a narrow link', ways, [{protocol: 'TCP', bytes: 65_536}]));
		const messages = (await told()) - before;
		testbed.number('packets that were too big', messages, '');
		if (messages === 0) throw new Error(`nothing was too big for the way of ${pod.node} to ${pod.ip}, so nothing was shown`);
	},
);
