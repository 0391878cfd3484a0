import {setTimeout} from 'node:timers/promises';
import check from '../../lib/check/check.ts';
import {patienceWith} from '../../lib/limits.ts';
import {handMadeSlice} from '../../lib/testbed/hand-made-slice.ts';
import {judgeNodes} from '../../lib/testbed/judge-nodes.ts';
import {programmed} from '../../lib/testbed/programmed.ts';
import {echoPods, service} from '../../lib/testbed/workloads.ts';
import {lookUntil} from '../../lib/wait/look-until.ts';
import {stretch} from '../../lib/wait/timer.ts';

const ROUNDS = 10;
/**
 * kube-proxy makes a change that comes alone at once, and one that comes sooner than a second after another when that second is over
 * (minSyncPeriod).
 */
const PAUSE_MS = 1500;
/** What clients notice: of half of the changes nothing, of hardly any more than a retry. */
const HALF_WITHIN_MS = 1000;
const ALL_WITHIN_MS = 5000;
/** Where each node is a kernel of its own: kube-proxy waits 5 s between two syncs there, and one takes seconds. */
const SLOW_WITHIN_MS = [5_000, 15_000] as const;
/** Given up then. */
const LONGEST_MS = 10_000;

export default check(
	{
		title: 'A change of endpoints reaches the first packet of every node within a second, of one in a hundred within five',
		why:
			'From the change in the API to that in the rules, clients connect to pods that are gone. With thousands of Services or an ' +
			'overloaded node this grows from milliseconds to minutes, and each rollout brings errors.',
		refs: ['https://github.com/kubernetes/community/blob/master/sig-scalability/slos/network_programming_latency.md'],
		needs: ['node-access'],
		budgetMs: 180_000,
		uses: ['proxy'],
		faults: ['kube-proxy-hangs'],
	},
	async testbed => {
		const pods = await echoPods(testbed, {name: 'echo', replicas: 2});
		const {clusterIp} = await service(testbed, {name: 'moving', ports: [{name: 'http', port: 80, targetPort: 8080}]});
		const moveTo = async (ip: string) => testbed.kube.apply(handMadeSlice(testbed, {service: 'moving', port: 8080, ips: [ip]}));
		await moveTo(pods[0]?.ip ?? '');
		await programmed(testbed, 'moving');
		const places = await Promise.all(
			testbed.nodes.map(async ({name}) => ({name, place: await testbed.vantage.pod(name), times: [] as number[]})),
		);
		await testbed.settled();

		const patience = patienceWith(testbed.cluster.target.nodeKernel);
		testbed.step(`${ROUNDS} times another endpoint`);
		for (let round = 1; round <= ROUNDS; round++) {
			const pod = pods[round % pods.length];
			await setTimeout(PAUSE_MS * patience, undefined, {signal: testbed.signal});
			const since = Date.now();
			await moveTo(pod?.ip ?? '');
			const arrived = places.map(async ({place, times}) => {
				const look = async (): Promise<boolean> => {
					const [dial] = await place.dial({ip: clusterIp, port: 80}, {count: 1, timeoutMs: 1000});
					return dial?.outcome === 'answered' && dial.backend === pod?.name;
				};
				// One connection after the other, without a pause: what is measured is the first that comes to the other endpoint.
				const isThere = await lookUntil(look, {since, longestMs: LONGEST_MS * patience, intervalMs: 0, signal: testbed.signal});
				times.push(isThere ? Date.now() - since : Infinity);
			});
			await Promise.all(arrived);
			if (places.some(({times}) => times.at(-1) === Infinity)) break;
		}
		// On a machine that has too much to do it is the processors that are measured: there it may take longer by as much.
		const busy = stretch();
		const limits = patience > 1 ? SLOW_WITHIN_MS : [HALF_WITHIN_MS, ALL_WITHIN_MS];
		const [halfWithin, allWithin] = limits.map(ms => Math.round(ms * busy)) as [number, number];
		if (busy > 1) testbed.step(`this machine has ${busy.toFixed(1)} times as much to do as it can: the limits are so much longer`);
		const seen = places.map(({name, times}) => {
			const sorted = times.toSorted((a, b) => a - b);
			const [half = Infinity, most = Infinity] = [sorted[Math.floor(sorted.length / 2)], sorted.at(-1)];
			const text = `half within ${half} ms, all within ${most} ms`;
			return {node: name, text, wrong: half <= halfWithin && most <= allWithin ? undefined : text};
		});
		const expected = `half of the changes within ${halfWithin} ms, all within ${allWithin} ms`;
		judgeNodes(testbed, {title: 'From the API to the first packet', expected, reproduce: `curl http://${clusterIp}/hostname`}, seen);
	},
);
