import type {V1Container} from '@kubernetes/client-node';
import {ROLLOUT_TIMEOUT_MS} from '../limits.ts';
import {rolledOut} from '../change/rolled-out.ts';
import type {Destination} from '../probe/vantage.ts';
import {eventually} from '../wait/eventually.ts';
import {dialMeanwhile, noneLost} from './dial-meanwhile.ts';
import {judgeNodes} from './judge-nodes.ts';
import type {Testbed} from './testbed.ts';

/**
 * Ten connections from a pod on each node, then so long nothing: some dozens a second in all, and the pods that start have something
 * left of the machine.
 */
const PAUSE_MS = 150;

/** Gives the pods of a Deployment another container, one pod after the other, and waits until the last of the old has ended. */
const rollOut = async ({kube, namespace, signal}: Testbed, name: string, container: Partial<V1Container>, mark: string): Promise<void> => {
	const made = await kube.apps.readNamespacedDeployment({namespace, name});
	const template = made.spec?.template;
	const [first, ...others] = template?.spec?.containers ?? [];
	if (!template?.spec || !first) throw new RangeError(`Deployment ${name} has no container`);
	await kube.apps.replaceNamespacedDeployment({
		namespace,
		name,
		body: {
			...made,
			spec: {
				...made.spec!,
				strategy: {type: 'RollingUpdate', rollingUpdate: {maxSurge: 1, maxUnavailable: 0}},
				template: {
					...template,
					metadata: {...template.metadata, annotations: {'vipcheck.version': mark}},
					spec: {...template.spec, containers: [{...first, ...container}, ...others]},
				},
			},
		},
	});
	await eventually(`every pod of ${name} is a new one`, async () => rolledOut(kube, {namespace, deployment: name}), {
		timeoutMs: ROLLOUT_TIMEOUT_MS,
		signal,
		onTimeout: 'broken',
	});
	// Those that are on their way out go on serving: what is lost is lost when they end.
	await eventually(
		`every old pod of ${name} has ended`,
		async () => {
			const {items} = await kube.core.listNamespacedPod({namespace, labelSelector: `app=${name}`});
			const ending = items.filter(({metadata}) => metadata?.deletionTimestamp);
			return ending.length === 0
				? {done: true, value: undefined}
				: {done: false, observed: ending.map(({metadata}) => metadata?.name).join(', ')};
		},
		{timeoutMs: ROLLOUT_TIMEOUT_MS, signal, onTimeout: 'broken'},
	);
};

/** Rolls a Deployment out while connections to its Service go on from every node, and saves them all. Every lost one is a Violation. */
export const rollOutUnderLoad = async (
	testbed: Testbed,
	{
		name,
		container = {},
		to,
	}: {
		readonly name: string;
		readonly container?: Partial<V1Container>;
		readonly to: Destination;
	},
): Promise<void> => {
	const startedAt = performance.now();
	const seen = await dialMeanwhile(testbed, to, async () => rollOut(testbed, name, container, 'second'), {pauseMs: PAUSE_MS});
	const seconds = (performance.now() - startedAt) / 1000;
	const all = seen.reduce((sum, {dials}) => sum + dials.length, 0);
	testbed.number('the rollout took', Math.round(seconds * 10) / 10, 's');
	testbed.number('connections a second', Math.round(all / seconds), '');
	testbed.evidence(
		'connections.txt',
		seen
			.flatMap(({node, dials}) =>
				dials.map(dial => {
					const text = dial.outcome === 'answered' ? dial.backend : `${dial.outcome} ${dial.detail}`;
					return `${node} ${Math.round(dial.ms)} ms ${text}\n`;
				}),
			)
			.join(''),
	);
	judgeNodes(
		testbed,
		{title: 'Connections during the rollout', expected: 'every one is answered', reproduce: `curl http://${to.ip}:${to.port}/hostname`},
		noneLost(seen),
	);
};
