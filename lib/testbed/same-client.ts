import {setTimeout as pause} from 'node:timers/promises';
import type {Destination, Dial, Vantage} from '../probe/vantage.ts';
import {withPort} from '../ip.ts';
import {eventually} from '../wait/eventually.ts';
import {lastWorker} from './last-worker.ts';
import type {TestNode, Testbed} from './testbed.ts';

/** How long one datagram's answer is waited for: a client that asks again does so soon. */
const ANSWER_MS = 500;
/** Between two datagrams: often enough to see when things change, seldom enough for two processors. */
const PAUSE_MS = 50;

export type SameClient = {
	readonly node: TestNode;
	readonly from: Vantage;
	readonly to: Destination;
	/** Below the range that clients choose from, so that nobody else has it. */
	readonly localPort: number;
};

/** A client in a pod on the last worker, of a Service's datagrams to its ClusterIP at port 80. */
export const sameClient = async (testbed: Testbed, clusterIp: string, localPort: number): Promise<SameClient> => {
	const node = lastWorker(testbed);
	return {node, from: await testbed.vantage.pod(node.name), to: {ip: clusterIp, port: 80, protocol: 'UDP'}, localPort};
};

/** One datagram from the client's one port; how it ended is a result. */
export const askOnce = async ({from, to, localPort}: SameClient, timeoutMs = ANSWER_MS): Promise<Dial> => {
	const [dial] = await from.dial(to, {count: 1, localPort, timeoutMs});
	if (!dial) throw new RangeError('one datagram was asked for, and none was sent');
	return dial;
};

/**
 * Goes on asking from the same port while some work lasts, so that nobody forgets the flow; answers all that came of it. Who counts what
 * is lost gives each datagram longer than a busy machine takes to answer it.
 */
export const askMeanwhile = async (
	testbed: Pick<Testbed, 'signal'>,
	client: SameClient,
	work: () => Promise<unknown>,
	timeoutMs = ANSWER_MS,
): Promise<readonly Dial[]> => {
	let isOver = false;
	const asking = (async () => {
		const dials: Dial[] = [];
		while (!isOver && !testbed.signal.aborted) {
			dials.push(await askOnce(client, timeoutMs));
			await pause(PAUSE_MS);
		}
		return dials;
	})();
	try {
		await work();
	} finally {
		isOver = true;
	}
	return asking;
};

/** Waits until the client that keeps its port is answered by one of these backends; each answer until then counts for nothing. */
export const answeredBy = async (testbed: Testbed, client: SameClient, backends: readonly string[], timeoutMs: number): Promise<void> => {
	const {node, to, localPort} = client;
	const startedAt = performance.now();
	await eventually(
		`the client that keeps its port ${localPort} is answered by ${backends.join(' or ')}`,
		async () => {
			const dial = await askOnce(client);
			if (dial.outcome === 'answered' && backends.includes(dial.backend)) return {done: true, value: undefined};
			const observed = dial.outcome === 'answered' ? `answered by ${dial.backend}` : `${dial.outcome}: ${dial.detail}`;
			return {done: false, observed, nodes: [node.name]};
		},
		{
			timeoutMs,
			signal: testbed.signal,
			problem: {
				reproduce: [
					`echo hostname | socat -t 2 - UDP:${withPort(to.ip, to.port)},sourceport=${localPort}   # from ${client.from.name}`,
				],
			},
		},
	);
	testbed.number('until the client was served again', Math.round(performance.now() - startedAt), 'ms');
};
