import check, {type Check} from '../../../lib/check/check.ts';
import {proxyConfig} from '../../../lib/change/proxy-config.ts';
import {needed} from '../../../lib/facts/fact.ts';
import {readNode} from '../../../lib/facts/read-node.ts';
import {look} from '../../../lib/gather/look.ts';
import {judgeNodes} from '../../../lib/testbed/judge-nodes.ts';
import {lastWorker} from '../../../lib/testbed/last-worker.ts';
import {programmed} from '../../../lib/testbed/programmed.ts';
import {echoPods, service} from '../../../lib/testbed/workloads.ts';
import {eventually} from '../../../lib/wait/eventually.ts';
import {ROLLOUT_TIMEOUT_MS} from '../../../lib/limits.ts';
import type {Dial} from '../../../lib/probe/vantage.ts';

/** Says what is wrong with the backends of connections that one client made one after the other; undefined: nothing. */
export type Oracle = (backends: readonly string[], endpoints: readonly string[]) => string | undefined;

const COUNT = 60;
const REFS = [
	'https://www.kernel.org/doc/html/latest/networking/ipvs-sysctl.html',
	'https://github.com/torvalds/linux/tree/master/net/netfilter/ipvs',
];

const backendOf = (dial: Dial): string => (dial.outcome === 'answered' ? dial.backend : dial.outcome);

/**
 * kube-proxy of one worker takes another scheduler for all its virtual servers; connections of a pod there are dealt out as that scheduler
 * does.
 */
export const schedulerCheck = (scheduler: string, {title, why}: {readonly title: string; readonly why: string}, oracle: Oracle): Check =>
	check(
		{
			title,
			why,
			refs: REFS,
			modes: ['ipvs'],
			needs: ['node-access', 'proxy-pods'],
			budgetMs: 180_000,
			exclusive: ['proxy'],
			faults: ['other-scheduler'],
		},
		async testbed => {
			const {kube, nodes, signal} = testbed;
			const names = (await echoPods(testbed, {name: 'echo', replicas: 3})).map(({name}) => name);
			const {clusterIp} = await service(testbed, {
				name: 'echo',
				selector: {app: 'echo'},
				ports: [{name: 'http', port: 80, targetPort: 8080}],
			});
			await programmed(testbed, 'echo');
			const worker = lastWorker(testbed);
			testbed.step(`kube-proxy of ${worker.name} takes the scheduler ${scheduler}`);
			await testbed.change(await proxyConfig(kube, nodes, {ipvs: {scheduler}}, worker.name));
			const inKernel = async (): Promise<string> => {
				const {services} = needed(worker.name, readNode(await look(worker.shell, ['ipvs'], signal)).ipvs);
				return services.find(({address}) => address === clusterIp)?.scheduler ?? 'no virtual server';
			};
			await eventually(
				`${worker.name} has the scheduler ${scheduler}`,
				async () => {
					const found = await inKernel();
					return found === scheduler ? {done: true, value: undefined} : {done: false, observed: found};
				},
				{timeoutMs: ROLLOUT_TIMEOUT_MS, signal, onTimeout: 'broken'},
			);
			const place = await testbed.vantage.pod(worker.name);
			await testbed.settled();

			testbed.step(`${COUNT} connections, one after the other`);
			const dials = await place.dial({ip: clusterIp, port: 80}, {count: COUNT, concurrency: 1});
			const dealt = oracle(
				dials.map(dial => backendOf(dial)),
				names,
			);
			const found = await inKernel();
			const wrong = [...(found === scheduler ? [] : [`its scheduler is ${found}`]), ...(dealt === undefined ? [] : [dealt])].join(
				'; ',
			);
			const text = names.map(name => dials.filter(dial => backendOf(dial) === name).length).join(' / ');
			judgeNodes(
				testbed,
				{title: `Connections dealt out by ${scheduler}`, expected: title, reproduce: `ipvsadm -L -n -t ${clusterIp}:80`},
				[{node: worker.name, text, wrong: wrong || undefined}],
			);
		},
	);
