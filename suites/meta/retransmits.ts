import check from '../../lib/check/check.ts';
import type {Destination, Vantage} from '../../lib/probe/vantage.ts';
import {orBetweenNodes} from '../../lib/testbed/between-nodes.ts';
import {echoService} from '../../lib/testbed/echo-service.ts';
import {flowsOf} from '../../lib/testbed/flows-of.ts';
import {sendFlows} from '../../lib/testbed/flows.ts';
import {judgeNodes} from '../../lib/testbed/judge-nodes.ts';
import {kernelCounter} from '../../lib/testbed/run-at.ts';
import {echoPods} from '../../lib/testbed/workloads.ts';

const COUNT = 1_000;
/** The kernel sends a SYN again after a second (RFC 6298, section 2.1). */
const SENT_AGAIN_MS = 1_000;
/** Of all connections, one in a thousand. */
const ALLOWED = 0.001;
/** A loss of one in twenty, each way, is missed once in 10⁴ such batches. */
const TRIALS = 100;

/**
 * For `Vantage.evaluate`: the times that some connections took to stand, in milliseconds; Infinity (null in JSON) for those that
 * never did.
 */
const connectTimes = async ({ip, port, count}: Pick<Destination, 'ip' | 'port'> & {readonly count: number}): Promise<(number | null)[]> => {
	const {connect} = await import('node:net');
	const one = async (): Promise<number | null> =>
		new Promise(resolve => {
			const began = performance.now();
			const socket = connect({host: ip, port, timeout: 3000});
			const end = (ms: number | null) => {
				socket.destroy();
				resolve(ms);
			};
			socket
				.on('connect', () => end(performance.now() - began))
				.on('error', () => end(null))
				.on('timeout', () => end(null));
		});
	const times: (number | null)[] = [];
	while (times.length < count) times.push(...(await Promise.all(Array.from({length: 10}, one))));
	return times;
};

const atOnce = async (from: Vantage, to: Pick<Destination, 'ip' | 'port'>): Promise<boolean> => {
	const times = await from.evaluate(connectTimes, {...to, count: TRIALS}, {timeoutMs: 60_000});
	return times.every(ms => ms !== null && ms < SENT_AGAIN_MS);
};

export default check(
	{
		title: 'Hardly a connection to a Service needs its first packet sent again: at most one in a thousand',
		why:
			'A client waits a second before it repeats a first packet, so rare loss shows as requests of a little more than one or ' +
			'three seconds. Averages do not show it; TcpExtTCPSynRetrans of nstat does.',
		refs: ['https://www.rfc-editor.org/rfc/rfc6298#section-2', 'https://www.rfc-editor.org/rfc/rfc9293#section-3.8.1'],
		needs: ['node-access'],
		budgetMs: 90_000,
		faults: ['packet-loss'],
	},
	async testbed => {
		// With the network of their own, whose counters nobody else moves.
		const clients = await echoPods(testbed, {name: 'client', replicas: testbed.workers.length, client: true});
		const {clusterIp, expected} = await echoService(testbed, {replicas: 3, ports: [{name: 'http', port: 80, targetPort: 8080}]});
		const flows = await flowsOf(testbed, {from: clients, to: [{ip: clusterIp, port: 80}], counts: COUNT}, expected);
		await testbed.settled();

		testbed.step(`${COUNT} connections from a pod on each worker`);
		const sentAgain = async () => Promise.all(flows.map(async ({from}) => kernelCounter(from, 'TcpExt', 'TCPSynRetrans')));
		const before = await sentAgain();
		const trial = {what: `${TRIALS} connections`, goesWell: atOnce};
		await orBetweenNodes(testbed, trial, async () => {
			await sendFlows(testbed, `ClusterIP ${clusterIp}:80`, flows);
			const after = await sentAgain();
			const seen = flows.map(({node}, index) => {
				const again = (after[index] ?? 0) - (before[index] ?? 0);
				const text = `${again} first packets sent again for ${COUNT} connections`;
				return {node, text, wrong: again > COUNT * ALLOWED ? text : undefined};
			});
			const expectation = `at most ${ALLOWED * 100} % of the connections`;
			judgeNodes(testbed, {title: 'Sent again', expected: expectation, reproduce: 'nstat -az TcpExtTCPSynRetrans'}, seen);
		});
	},
);
