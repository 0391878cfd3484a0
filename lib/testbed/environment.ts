import type {V1Pod} from '@kubernetes/client-node';
import {PODS_READY_TIMEOUT_MS} from '../limits.ts';
import {isReadyPod} from '../model/pods.ts';
import {isOfService} from '../model/service-env.ts';
import {Violation} from '../record/problem.ts';
import {eventually} from '../wait/eventually.ts';
import {clientContainer} from './clients.ts';
import type {Testbed} from './testbed.ts';

const NAME = 'reader';

/** A Deployment of one pod whose container says its environment once, in its log, and goes on. */
export const environmentReader = async (testbed: Testbed): Promise<V1Pod> => {
	const {kube, namespace, cluster} = testbed;
	const tell = 'console.log(JSON.stringify(process.env)); setInterval(() => {}, 1e9);';
	const container = {...clientContainer(cluster), command: ['/usr/local/bin/node', '--eval', tell]};
	await kube.apps.createNamespacedDeployment({
		namespace,
		body: {
			metadata: {name: NAME},
			spec: {
				replicas: 1,
				selector: {matchLabels: {app: NAME}},
				template: {
					metadata: {labels: {app: NAME}},
					spec: {containers: [container], automountServiceAccountToken: false, terminationGracePeriodSeconds: 1},
				},
			},
		},
	});
	return anotherReader(testbed, []);
};

const readers = async ({kube, namespace}: Testbed): Promise<readonly V1Pod[]> =>
	(await kube.core.listNamespacedPod({namespace, labelSelector: `app=${NAME}`})).items;

const anotherReader = async (testbed: Testbed, old: readonly V1Pod[]): Promise<V1Pod> =>
	eventually(
		'a pod that tells its environment',
		async () => {
			const pods = (await readers(testbed)).filter(({metadata}) => old.every(one => one.metadata?.uid !== metadata?.uid));
			const ready = pods.find(pod => isReadyPod(pod));
			return ready
				? {done: true, value: ready}
				: {done: false, observed: pods.map(({metadata, status}) => `${metadata?.name} is ${status?.phase}`).join(', ') || 'no pod'};
		},
		{timeoutMs: PODS_READY_TIMEOUT_MS, signal: testbed.signal, onTimeout: 'broken'},
	);

/** Deletes the reader's pods and waits for the one that comes in their place. */
export const readerAnew = async (testbed: Testbed): Promise<V1Pod> => {
	const {kube, namespace} = testbed;
	const old = await readers(testbed);
	await Promise.all(old.map(async ({metadata}) => kube.core.deleteNamespacedPod({namespace, name: metadata?.name ?? ''})));
	return anotherReader(testbed, old);
};

/** Those variables of a reader's container that tell of Services. */
export const environmentOf = async (testbed: Testbed, pod: V1Pod): Promise<ReadonlyMap<string, string>> => {
	const {kube, namespace} = testbed;
	const name = pod.metadata?.name ?? '';
	const log = await eventually(
		`pod ${name} says its environment`,
		async () => {
			const text = await kube.core.readNamespacedPodLog({namespace, name});
			return text.includes('\n') ? {done: true, value: text} : {done: false, observed: text || 'nothing yet'};
		},
		{timeoutMs: PODS_READY_TIMEOUT_MS, signal: testbed.signal, onTimeout: 'broken'},
	);
	const all = JSON.parse(log.split('\n', 1)[0] ?? '') as Readonly<Record<string, string>>;
	return new Map(Object.entries(all).filter(([variable]) => isOfService(variable)));
};

/** Compares the variables of a pod with those that it must have. Throws a Violation that names each that is missing, wrong or too many. */
export const judgeEnvironment = (
	testbed: Pick<Testbed, 'number' | 'evidence'>,
	{metadata, spec}: V1Pod,
	{seen, wanted}: {readonly seen: ReadonlyMap<string, string>; readonly wanted: ReadonlyMap<string, string>},
): void => {
	testbed.number(`variables of ${metadata?.name}`, seen.size, '');
	const names = [...new Set([...wanted.keys(), ...seen.keys()])].filter(name => wanted.get(name) !== seen.get(name)).sort();
	if (names.length === 0) return;
	testbed.evidence(
		'environment.json',
		JSON.stringify({seen: Object.fromEntries(seen), wanted: Object.fromEntries(wanted)}, undefined, '\t'),
	);
	const show = (of: ReadonlyMap<string, string>): string => names.map(name => `${name}=${of.get(name) ?? '(not set)'}`).join('\n');
	throw new Violation({
		summary: `${names.length} variables of pod ${metadata?.name} are not what its Services ask for`,
		expected: show(wanted),
		observed: show(seen),
		...(spec?.enableServiceLinks === false && {
			layer: {name: 'api', detail: `pod ${metadata?.namespace}/${metadata?.name} has enableServiceLinks: false`},
		}),
		reproduce: [`kubectl --namespace ${metadata?.namespace} exec ${metadata?.name} -- env`],
	});
};
