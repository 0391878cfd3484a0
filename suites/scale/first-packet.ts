import check from '../../lib/check/check.ts';
import {patienceWith} from '../../lib/limits.ts';
import type {Dial} from '../../lib/probe/vantage.ts';
import {judgeNodes, type NodeVerdict} from '../../lib/testbed/judge-nodes.ts';
import {manyServices} from '../../lib/testbed/many-services.ts';
import type {Testbed} from '../../lib/testbed/testbed.ts';
import {echoPods} from '../../lib/testbed/workloads.ts';

const COUNT = 200;
/**
 * What the rules may add to the time until a connection stands: a call within a cluster takes a few milliseconds, and one that takes
 * twenty more is noticed.
 */
const WITHIN_MS = 20;

const hundredths = (value: number): number => Math.round(value * 100) / 100;

const half = (dials: readonly Dial[]): number => {
	const times = dials.flatMap(({connectMs}) => connectMs ?? []).toSorted((a, b) => a - b);
	return hundredths(times[Math.floor(times.length / 2)] ?? Infinity);
};

/** One after the other: what is measured is a packet's way, not a queue. */
const connections = async ({vantage}: Testbed, node: string, to: {readonly ip: string; readonly port: number}): Promise<readonly Dial[]> =>
	(await vantage.pod(node)).dial(to, {count: COUNT, concurrency: 1});

export default check(
	{
		title: 'The first packet of a connection finds its rule in time, however many Services there are',
		refs: ['https://kubernetes.io/blog/2025/02/28/nftables-kube-proxy/'],
		needs: ['node-access'],
		whenNamed: 'makes thousands of Services',
		budgetMs: 1_800_000,
		exclusive: ['cluster'],
		faults: ['kube-proxy-hangs'],
		rows: {
			'100': {
				title: 'With 100 Services the first packet takes at most 20 ms more than without any rule',
				why:
					'It is the measure for the others: what a small cluster has. Where it is slow already, the node or its firewall ' +
					'is, and not the number of Services.',
			},
			'1000': {
				title: 'With 1,000 Services the first packet takes at most 20 ms more than without any rule',
				why:
					'In iptables mode the first packet passes a rule for each Service before its own, so each new connection grows ' +
					'slower with the cluster. Connections that stand do not show it.',
			},
			'5000': {
				title: 'With 5,000 Services the first packet takes at most 20 ms more than without any rule',
				why:
					'Large clusters change to ipvs or nftables for this figure. Clients that open a connection for each request pay ' +
					'it every time, as latency and as processor time of the node.',
			},
		},
	},
	async testbed => {
		const [pod] = await echoPods(testbed, {name: 'echo', replicas: 1});
		const many = manyServices(testbed, pod?.ip ?? '');
		const budgetMs = WITHIN_MS * patienceWith(testbed.cluster.target.nodeKernel);
		await testbed.settled();

		for (const size of [100, 1000, 5000])
			await testbed.row(String(size), async recorder => {
				recorder.step(`${size} Services`);
				const last = await many.grow(size);
				const verdicts: NodeVerdict[] = [];
				for (const {name} of testbed.nodes) {
					const direct = half(await connections(testbed, name, {ip: pod?.ip ?? '', port: 8080}));
					const dials = await connections(testbed, name, {ip: last.clusterIp, port: 80});
					const served = half(dials);
					const lost = dials.filter(({outcome}) => outcome !== 'answered').length;
					const text = `half stand within ${served} ms, without rules within ${direct} ms; ${lost} lost`;
					recorder.number(`half within, from ${name}`, served, 'ms');
					recorder.number(`what the rules add, from ${name}`, hundredths(served - direct), 'ms');
					verdicts.push({node: name, text, wrong: lost === 0 && served <= direct + budgetMs ? undefined : text});
				}
				judgeNodes(
					recorder,
					{
						title: `New connections with ${size} Services`,
						expected: `half of them within ${budgetMs} ms more than without rules`,
						reproduce: `curl http://${last.clusterIp}/hostname`,
					},
					verdicts,
				);
			});
	},
);
