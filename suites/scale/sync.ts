import {restartProxy} from '../../lib/change/proxy-config.ts';
import check from '../../lib/check/check.ts';
import {needed} from '../../lib/facts/fact.ts';
import {readNode} from '../../lib/facts/read-node.ts';
import type {Metrics} from '../../lib/facts/parse/metrics.ts';
import {look} from '../../lib/gather/look.ts';
import {patienceWith} from '../../lib/limits.ts';
import {handMadeSlice} from '../../lib/testbed/hand-made-slice.ts';
import {judgeNodes} from '../../lib/testbed/judge-nodes.ts';
import {lastWorker} from '../../lib/testbed/last-worker.ts';
import {manyServices, patienceFor, type Last} from '../../lib/testbed/many-services.ts';
import {programmed} from '../../lib/testbed/programmed.ts';
import {allSyncs, fullSyncs, meanMs} from '../../lib/testbed/sync-times.ts';
import type {RowRecorder, TestNode, Testbed} from '../../lib/testbed/testbed.ts';
import {echoPods, type EchoPod} from '../../lib/testbed/workloads.ts';
import {eventually} from '../../lib/wait/eventually.ts';

/** The objective for the time from a change to the rules of all nodes, for 99 of 100 changes. */
const SMALL_WITHIN_MS = 5_000;
/** kube-proxy looks at all of its rules again every 30 s (syncPeriod): what takes longer never ends. */
const FULL_WITHIN_MS = 30_000;
const CHANGES = 4;

const metricsOf = async ({signal}: Testbed, {name, shell}: TestNode): Promise<Metrics> =>
	needed(name, readNode(await look(shell, ['metrics'], signal)).metrics);

/** One Service moves between two endpoints; all others stay as they are. */
const smallSync = async (
	testbed: Testbed,
	size: number,
	{name}: Last,
	pods: readonly EchoPod[],
): Promise<ReadonlyMap<string, number | undefined>> => {
	const {nodes, family} = testbed;
	const before = await Promise.all(nodes.map(async node => allSyncs(await metricsOf(testbed, node), family)));
	for (let change = 1; change <= CHANGES; change++) {
		await testbed.kube.apply(handMadeSlice(testbed, {service: name, port: 8080, ips: [pods[change % pods.length]?.ip ?? '']}));
		await programmed(testbed, name, patienceFor(size));
	}
	const after = await Promise.all(nodes.map(async node => allSyncs(await metricsOf(testbed, node), family)));
	return new Map(nodes.map((node, index) => [node.name, after[index] && meanMs(after[index], before[index])]));
};

/** A kube-proxy that is started anew makes all rules. */
const fullSync = async (testbed: Testbed, node: TestNode, size: number, last: Last): Promise<number | undefined> => {
	const {signal, family} = testbed;
	await testbed.change({
		name: `kube-proxy of ${node.name} is started anew`,
		make: [restartProxy(node.name)],
		undo: [],
	});
	await programmed(testbed, last.name, patienceFor(size));
	return eventually(
		`kube-proxy of ${node.name} tells of a sync`,
		async () => {
			// It does not answer at once.
			const {metrics} = readNode(await look(node.shell, ['metrics'], signal));
			const ms = metrics.ok ? meanMs(fullSyncs(metrics.value, family)) : undefined;
			return ms === undefined ? {done: false, observed: metrics.ok ? 'none yet' : metrics.why} : {done: true, value: ms};
		},
		{timeoutMs: FULL_WITHIN_MS * 2 * patienceWith(testbed.cluster.target.nodeKernel), signal, onTimeout: 'broken'},
	);
};

const measured = async (testbed: Testbed, recorder: RowRecorder, size: number, last: Last, pods: readonly EchoPod[]): Promise<void> => {
	const patience = patienceWith(testbed.cluster.target.nodeKernel);
	recorder.step(`${CHANGES} changes of one Service among ${size}`);
	const small = await smallSync(testbed, size, last, pods);
	const restarted = lastWorker(testbed);
	recorder.step(`kube-proxy of ${restarted.name} starts anew`);
	const full = await fullSync(testbed, restarted, size, last);
	const verdicts = testbed.nodes.map(({name}) => {
		const [one, all] = [small.get(name), name === restarted.name ? full : undefined];
		if (one !== undefined) recorder.number(`small sync on ${name}`, one, `ms (budget ${SMALL_WITHIN_MS * patience} ms)`);
		if (all !== undefined) recorder.number(`full sync on ${name}`, all, `ms (budget ${FULL_WITHIN_MS * patience} ms)`);
		const text = `small ${one ?? 'none'} ms${all === undefined ? '' : `, full ${all} ms`}`;
		const isFine = one !== undefined && one <= SMALL_WITHIN_MS * patience && (all ?? 0) <= FULL_WITHIN_MS * patience;
		return {node: name, text, wrong: isFine ? undefined : text};
	});
	judgeNodes(
		recorder,
		{
			title: `Syncs with ${size} Services`,
			expected: `a small one within ${SMALL_WITHIN_MS * patience} ms, a full one within ${FULL_WITHIN_MS * patience} ms`,
			layer: 'kube-proxy',
			reproduce: 'curl http://127.0.0.1:10249/metrics | grep proxy_rules_duration',
		},
		verdicts,
	);
};

export default check(
	{
		title: 'kube-proxy follows one change within seconds, and makes all rules within its period, however many Services there are',
		refs: [
			'https://github.com/kubernetes/community/blob/master/sig-scalability/slos/network_programming_latency.md',
			'https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/proxy/metrics/metrics.go',
		],
		needs: ['node-access', 'proxy-pods'],
		whenNamed: 'makes thousands of Services',
		budgetMs: 1_800_000,
		exclusive: ['cluster'],
		faults: ['kube-proxy-hangs'],
		rows: {
			'100': {
				title: 'With 100 Services a small sync takes at most 5 s and a full one 30 s',
				why:
					'It is the measure for the others: what a small cluster has. Where it is slow already, the node is short of ' +
					'processor time or kube-proxy waits for a lock of iptables.',
			},
			'1000': {
				title: 'With 1,000 Services a small sync takes at most 5 s and a full one 30 s',
				why:
					'While a sync runs, endpoints that are gone still get connections. Rollouts bring more errors the longer it ' +
					'takes, and syncs that write all rules grow with the cluster.',
			},
			'5000': {
				title: 'With 5,000 Services a small sync takes at most 5 s and a full one 30 s',
				why:
					'A node that boots serves no Service until all rules are there. From thousands of Services on that takes so long ' +
					'that pods fail their first calls on each new node.',
			},
		},
	},
	async testbed => {
		const pods = await echoPods(testbed, {name: 'echo', replicas: 2});
		const many = manyServices(testbed, pods[0]?.ip ?? '');
		await testbed.settled();

		for (const size of [100, 1000, 5000])
			await testbed.row(String(size), async recorder => {
				recorder.step(`${size} Services`);
				const last = await many.grow(size);
				await measured(testbed, recorder, size, last, pods);
			});
	},
);
