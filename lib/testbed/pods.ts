import type {V1ContainerPort, V1PodDNSConfig} from '@kubernetes/client-node';
import {PODS_READY_TIMEOUT_MS} from '../limits.ts';
import {isReadyPod} from '../model/pods.ts';
import {eventually} from '../wait/eventually.ts';
import {clientContainer} from './clients.ts';
import type {Testbed} from './testbed.ts';
import {echoContainer} from './workloads.ts';

/** One pod that the scheduler places on the given node (by a selector: it checks ports, nodeName would pass it by). */
export const createPod = async (
	testbed: Testbed,
	{
		name,
		node,
		ports,
	}: {
		name: string;
		node: string;
		ports: V1ContainerPort[];
	},
): Promise<void> => {
	await testbed.kube.core.createNamespacedPod({
		namespace: testbed.namespace,
		body: {
			metadata: {name, labels: {app: name}},
			spec: {
				nodeSelector: {'kubernetes.io/hostname': node},
				automountServiceAccountToken: false,
				terminationGracePeriodSeconds: 1,
				containers: [echoContainer(testbed, {ports})],
			},
		},
	});
};

/** A pod that only asks and sends (`testbed.vantage.inside`), with a resolv.conf of its own. */
export const createAskingPod = async (
	testbed: Testbed,
	{
		name,
		node,
		dnsConfig,
	}: {
		readonly name: string;
		readonly node: string;
		readonly dnsConfig: V1PodDNSConfig;
	},
): Promise<void> => {
	await testbed.kube.core.createNamespacedPod({
		namespace: testbed.namespace,
		body: {
			metadata: {name},
			spec: {
				nodeSelector: {'kubernetes.io/hostname': node},
				automountServiceAccountToken: false,
				terminationGracePeriodSeconds: 1,
				dnsConfig,
				containers: [clientContainer(testbed.cluster)],
			},
		},
	});
};

/** Waits until a pod is Ready; our own set-up, so a pod that does not become ready breaks the check. */
export const podReady = async (testbed: Testbed, name: string): Promise<void> =>
	testbed.spend('pods', async () =>
		eventually(
			`pod ${name} is ready`,
			async () => {
				const pod = await testbed.kube.core.readNamespacedPod({namespace: testbed.namespace, name});
				const {status} = pod;
				return isReadyPod(pod)
					? {done: true, value: undefined}
					: {
							done: false,
							observed:
								`phase ${status?.phase}: ` +
								(status?.containerStatuses?.[0]?.state?.waiting?.message ??
									status?.conditions?.find(condition => condition.status === 'False')?.message ??
									''),
						};
			},
			{timeoutMs: PODS_READY_TIMEOUT_MS, signal: testbed.signal, onTimeout: 'broken'},
		),
	);

/** Waits until the scheduler has said, in the pod's condition and in an event, why it cannot place the pod. */
export const unschedulable = async (testbed: Testbed, name: string, why: RegExp): Promise<void> =>
	eventually(
		`pod ${name} stays Pending, and its condition and an event say why`,
		async () => {
			const {status, spec} = await testbed.kube.core.readNamespacedPod({namespace: testbed.namespace, name});
			const condition = status?.conditions?.find(one => one.type === 'PodScheduled');
			const {items} = await testbed.kube.core.listNamespacedEvent({
				namespace: testbed.namespace,
				fieldSelector: `involvedObject.name=${name},reason=FailedScheduling`,
			});
			const said =
				condition?.reason === 'Unschedulable' &&
				why.test(condition.message ?? '') &&
				items.some(event => why.test(event.message ?? ''));
			if (said && status?.phase === 'Pending' && !spec?.nodeName) return {done: true, value: undefined};
			return {
				done: false,
				observed:
					`phase ${status?.phase}, node ${spec?.nodeName ?? 'none'}, condition ${condition?.reason ?? 'none'}: ` +
					`${condition?.message ?? ''}; ${items.length} FailedScheduling events: ` +
					`${items.map(event => event.message).join('; ')}`,
			};
		},
		{timeoutMs: PODS_READY_TIMEOUT_MS, signal: testbed.signal},
	);

/** Waits until a pod of that name is Ready that is another one than that with the uid. */
export const podAnew = async (testbed: Testbed, name: string, uid: string | undefined): Promise<void> =>
	eventually(
		`pod ${name} is made anew and ready`,
		async () => {
			const {items} = await testbed.kube.core.listNamespacedPod({
				namespace: testbed.namespace,
				fieldSelector: `metadata.name=${name}`,
			});
			const [pod] = items;
			if (!pod) return {done: false, observed: 'no such pod'};
			if (pod.metadata?.uid === uid) return {done: false, observed: 'it is the old one'};
			return isReadyPod(pod) ? {done: true, value: undefined} : {done: false, observed: `phase ${pod.status?.phase}`};
		},
		{timeoutMs: PODS_READY_TIMEOUT_MS, signal: testbed.signal, onTimeout: 'broken'},
	);
