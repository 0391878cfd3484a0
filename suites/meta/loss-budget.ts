import check from '../../lib/check/check.ts';
import {orBetweenNodes} from '../../lib/testbed/between-nodes.ts';
import {echoed} from '../../lib/testbed/echo-streams.ts';
import {echoService} from '../../lib/testbed/echo-service.ts';
import {flowsOf} from '../../lib/testbed/flows-of.ts';
import {sendFlows} from '../../lib/testbed/flows.ts';
import type {Destination, Vantage} from '../../lib/probe/vantage.ts';

const COUNT = 400;
/** A loss of one in twenty, each way, is missed once in 10¹² such batches. */
const TRIALS = 300;

/** So many at a time: a burst would be lost in the sockets, not on the way. */
const AT_ONCE = 10;

const noneLost = async (from: Vantage, to: Pick<Destination, 'ip' | 'port'>): Promise<boolean> => {
	for (let sent = 0; sent < TRIALS; sent += AT_ONCE) {
		const some = await Promise.all(Array.from({length: AT_ONCE}, async () => echoed(from, to, {protocol: 'UDP', bytes: 64})));
		if (some.some(wrong => wrong !== '')) return false;
	}
	return true;
};

export default check(
	{
		title: 'Of datagrams, which nobody sends again, none is lost on the way to a Service, and each that were would be told',
		why:
			'A lost datagram is a DNS lookup that takes 5 s, or a gap in voice and metrics, and nothing logs it. TCP hides a loss of a ' +
			'percent until latencies rise; bad links, full queues and overlays cause it.',
		refs: ['https://www.rfc-editor.org/rfc/rfc2680'],
		needs: ['node-access'],
		budgetMs: 90_000,
		faults: ['packet-loss', 'dispatch'],
	},
	async testbed => {
		const {clusterIp, expected} = await echoService(testbed, {
			replicas: 3,
			ports: [{name: 'udp', port: 80, targetPort: 8081, protocol: 'UDP'}],
		});
		const to = [{ip: clusterIp, port: 80, protocol: 'UDP' as const}];
		const flows = await flowsOf(testbed, {from: ['pod', 'node'], to, counts: COUNT}, expected);
		await testbed.settled();

		testbed.step(`datagrams of ${COUNT} sockets from a pod and from the host network of each node, none sent again`);
		const trial = {what: `${TRIALS} datagrams`, goesWell: noneLost};
		await orBetweenNodes(testbed, trial, async () => sendFlows(testbed, `ClusterIP ${clusterIp}:80 UDP`, flows));
	},
);
