import check from '../../lib/check/check.ts';
import {withPort} from '../../lib/ip.ts';
import type {Destination} from '../../lib/probe/vantage.ts';
import {echoService} from '../../lib/testbed/echo-service.ts';
import {judgeNodes} from '../../lib/testbed/judge-nodes.ts';

const KINDS = ['connected', 'not connected', 'one for each datagram'] as const;
const COUNT = 20;
/** A kind that loses so many is red beyond doubt, and each takes its whole time limit. */
const ENOUGH = 3;

type Asking = Pick<Destination, 'ip' | 'port'> & {
	readonly kind: (typeof KINDS)[number];
	readonly count: number;
	readonly enough: number;
};

/**
 * For `Vantage.evaluate`: asks an echo pod its name with sockets of one kind, datagram by datagram; answers what went wrong
 * with each, nothing where it was answered.
 */
const ask = async ({ip, port, kind, count, enough}: Asking): Promise<readonly string[]> => {
	const [
		{createSocket},
		{
			default: {once},
		},
	] = await Promise.all([import('node:dgram'), import('node:events')]);
	const open = async () => {
		const socket = createSocket(ip.includes(':') ? 'udp6' : 'udp4');
		socket.on('error', () => undefined);
		socket.bind(0);
		await once(socket, 'listening');
		if (kind === 'connected') {
			socket.connect(port, ip);
			await once(socket, 'connect');
		}
		return socket;
	};
	const wrong: string[] = [];
	let socket = await open();
	for (let sent = 0; sent < count && wrong.filter(Boolean).length < enough; sent++) {
		if (kind === 'one for each datagram' && sent > 0) {
			socket.close();
			socket = await open();
		}
		const heard = new Promise<string>(resolve => {
			const late = setTimeout(() => resolve('no answer within 3 s'), 3_000);
			socket.once('message', (_, from) => {
				clearTimeout(late);
				resolve(from.address === ip && from.port === port ? '' : `answered by ${from.address} port ${from.port}`);
			});
		});
		if (kind === 'connected') socket.send('hostname');
		else socket.send('hostname', port, ip);
		wrong.push(await heard);
	}
	socket.close();
	return wrong;
};

export default check(
	{
		title: 'A ClusterIP answers datagrams of sockets connected, not connected, and made for one question, always as itself',
		why:
			'Some resolvers and games connect their sockets, others do not. A reply from another address is dropped on the first kind ' +
			'and taken on the second, so one library fails where the next works, on the same node.',
		refs: ['https://man7.org/linux/man-pages/man7/udp.7.html'],
		needs: ['node-access'],
		faults: ['dispatch', 'endpoint-rule'],
	},
	async testbed => {
		const {clusterIp} = await echoService(testbed, {
			replicas: 2,
			ports: [{name: 'udp', port: 80, targetPort: 8081, protocol: 'UDP'}],
		});
		const places = await Promise.all(
			testbed.nodes.flatMap(({name: node}) => [
				testbed.vantage.pod(node).then(from => ({node, from})),
				testbed.vantage.node(node).then(from => ({node, from})),
			]),
		);
		await testbed.settled();

		testbed.step(`${COUNT} datagrams of each kind of socket from a pod and from the host network of each node`);
		const seen = await Promise.all(
			places.flatMap(({node, from}) =>
				KINDS.map(async kind => {
					const wish = {ip: clusterIp, port: 80, kind, count: COUNT, enough: ENOUGH};
					const sent = await from.evaluate(ask, wish, {timeoutMs: 90_000});
					const wrong = sent.filter(Boolean);
					const text = `${from.name}, ${kind}: ${sent.length - wrong.length} of ${sent.length}`;
					return {node, text, wrong: wrong.length > 0 ? `${text}, ${wrong[0]}` : undefined};
				}),
			),
		);
		const reproduce = `echo hostname | socat -t 2 - UDP:${withPort(clusterIp, 80)}`;
		judgeNodes(testbed, {title: 'Sockets', expected: `an answer by ${clusterIp} port 80 to each`, reproduce}, seen);
	},
);
