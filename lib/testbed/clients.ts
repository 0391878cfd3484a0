import type {V1Container, V1DaemonSet, V1Namespace} from '@kubernetes/client-node';
import {eventually} from '../wait/eventually.ts';
import type {Kube} from '../kube.ts';
import {PODS_READY_TIMEOUT_MS} from '../limits.ts';
import type {ClusterRef} from '../target.ts';
import {shareOn} from './share.ts';

export const CLIENT_NAMESPACE = 'vipcheck-clients';
/** The container of a pod that probes can be sent from. */
export const CLIENT_CONTAINER = 'client';
/** Marks everything of one run in a cluster. */
export const RUN_LABEL = 'vipcheck.run';

export const clientContainer = ({images: {client, clientCommand}, target}: Pick<ClusterRef, 'images' | 'target'>): V1Container => ({
	name: CLIENT_CONTAINER,
	image: client,
	imagePullPolicy: 'IfNotPresent',
	...(clientCommand && {command: [...clientCommand]}),
	...shareOn({target}),
});

/** Deploys the long-lived client pod of every node, which probes are sent from, and waits until all run. */
export const deployClients = async (kube: Kube, cluster: ClusterRef, runId: string, {signal}: {signal: AbortSignal}): Promise<void> => {
	const labels = {[RUN_LABEL]: runId};
	await eventually(
		'the namespace of the client pods can be made',
		async () => {
			const made: V1Namespace = await kube.apply({apiVersion: 'v1', kind: 'Namespace', metadata: {name: CLIENT_NAMESPACE, labels}});
			// An earlier run on this cluster may still be on its way out.
			return made.metadata?.deletionTimestamp ? {done: false, observed: 'it is still being deleted'} : {done: true, value: undefined};
		},
		{timeoutMs: PODS_READY_TIMEOUT_MS, signal, onTimeout: 'broken'},
	);
	const set: V1DaemonSet = {
		apiVersion: 'apps/v1',
		kind: 'DaemonSet',
		metadata: {name: 'client', namespace: CLIENT_NAMESPACE, labels},
		spec: {
			selector: {matchLabels: {app: 'client'}},
			template: {
				metadata: {labels: {app: 'client'}},
				spec: {
					tolerations: [{operator: 'Exists'}],
					automountServiceAccountToken: false,
					enableServiceLinks: false,
					terminationGracePeriodSeconds: 1,
					containers: [clientContainer(cluster)],
				},
			},
		},
	};
	await kube.apply(set);
	await eventually(
		`a client pod runs on each of ${cluster.nodes.length} nodes`,
		async () => {
			const {items} = await kube.core.listNamespacedPod({namespace: CLIENT_NAMESPACE, labelSelector: 'app=client'});
			const running = items
				.filter(pod => pod.status?.phase === 'Running' && pod.status.containerStatuses?.[0]?.state?.running)
				.map(pod => pod.spec?.nodeName);
			const missing = cluster.nodes.filter(({name}) => !running.includes(name)).map(({name}) => name);
			return missing.length === 0 ? {done: true, value: undefined} : {done: false, observed: `none on ${missing.join(', ')}`};
		},
		{timeoutMs: PODS_READY_TIMEOUT_MS, signal, onTimeout: 'broken'},
	);
};

/** Asks for the deletion of every namespace that the run made, and does not wait for it. */
export const removeNamespaces = async (kube: Kube, runId: string): Promise<void> => {
	const {items} = await kube.core.listNamespace({labelSelector: `${RUN_LABEL}=${runId}`});
	await Promise.all(
		items.map(async ({metadata}) => kube.remove({apiVersion: 'v1', kind: 'Namespace', metadata: {name: metadata?.name as string}})),
	);
};
