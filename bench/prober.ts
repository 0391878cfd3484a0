/**
 * How fast are probes? New TCP connections to a ClusterIP with three endpoints, from a pod, a node and outside, each asked for backend and
 * source.
 * usage: node bench/prober.ts <directory of a cluster that `vipcheck up` made> [rounds]
 */
import {mkdtemp, readFile, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {testbedMaker} from '../lib/testbed/make-testbed.ts';
import {programmed} from '../lib/testbed/programmed.ts';
import {runCheck} from '../lib/check/run-check.ts';
import {echoPods, service} from '../lib/testbed/workloads.ts';
import type {Testbed} from '../lib/testbed/testbed.ts';
import {connect} from '../lib/kube.ts';
import {summarise} from '../lib/probe/summarise.ts';
import {deployClients, removeNamespaces} from '../lib/testbed/clients.ts';
import {openShells} from '../lib/shell/shells.ts';
import {modeOf, targetKey, type ClusterRef} from '../lib/target.ts';

const COUNT = 600;
const [dir, rounds = '5'] = process.argv.slice(2);
if (dir === undefined) throw new Error('usage: node bench/prober.ts <cluster directory> [rounds]');
const cluster = JSON.parse(await readFile(join(dir, 'cluster.json'), 'utf8')) as ClusterRef;
const kube = await connect(cluster.kubeconfig);
const shells = await openShells(cluster);
const {signal} = new AbortController();
const runId = 'bench';
const target = targetKey(cluster.target);

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] as number;

const measure = async (testbed: Testbed): Promise<void> => {
	await echoPods(testbed, {name: 'echo', replicas: 3});
	const {clusterIp} = await service(testbed, {
		name: 'echo',
		type: 'NodePort',
		selector: {app: 'echo'},
		ports: [{name: 'http', port: 80, targetPort: 8080}],
	});
	await programmed(testbed, 'echo');
	const worker = testbed.workers[0].name;
	console.log(
		`| from | ${COUNT} connections, median ms | least ms | most ms | a second | outcome of the last |\n|---|---:|---:|---:|---:|---|`,
	);
	for (const place of [await testbed.vantage.pod(worker), await testbed.vantage.node(worker)]) {
		const times: number[] = [];
		let last = '';
		for (let round = 0; round < Number(rounds); round++) {
			const start = performance.now();
			const dials = await place.dial({ip: clusterIp, port: 80}, {count: COUNT, close: 'rst'});
			times.push(performance.now() - start);
			last = summarise(dials);
		}
		console.log(
			`| ${place.name} | ${median(times).toFixed(0)} | ${Math.min(...times).toFixed(0)} | ${Math.max(...times).toFixed(0)} ` +
				`| ${((COUNT / median(times)) * 1000).toFixed(0)} | ${last} |`,
		);
	}
};

const runDir = await mkdtemp(join(tmpdir(), 'vipcheck-bench-'));
try {
	await deployClients(kube, cluster, runId, {signal});
	const {outcome, problem} = await runCheck(
		{title: 'benchmark', why: 'it measures', refs: [], noFault: 'it only measures', body: measure},
		'bench/prober',
		{
			target,
			runDir,
			emit: () => undefined,
			signal,
			open: testbedMaker(
				{runId, target, cluster, mode: modeOf(cluster.target.mode) ?? 'iptables', checks: [], repeat: 1},
				kube,
				shells,
			).open,
		},
	);
	if (outcome !== 'passed') throw new Error(problem?.summary ?? outcome, {cause: problem});
} finally {
	await removeNamespaces(kube, runId);
	await shells.close();
	await rm(runDir, {recursive: true});
}
process.exit();
