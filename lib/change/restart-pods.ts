import type {V1Pod} from '@kubernetes/client-node';
import type {Kube} from '../kube.ts';
import {ROLLOUT_TIMEOUT_MS} from '../limits.ts';
import {isReadyPod} from '../model/pods.ts';
import {eventually} from '../wait/eventually.ts';

type Which = {
	readonly namespace: string;
	readonly selector: string;
	readonly node?: string;
};

const podsOf = async (kube: Kube, {namespace, selector, node}: Which): Promise<readonly V1Pod[]> =>
	(
		await kube.core.listNamespacedPod({
			namespace,
			labelSelector: selector,
			...(node !== undefined && {fieldSelector: `spec.nodeName=${node}`}),
		})
	).items;

/** Deletes the pods of a selector, all at once, and waits until as many others are Ready in their place. */
export const restartPods = async (kube: Kube, which: Which, signal: AbortSignal): Promise<void> => {
	const old = await podsOf(kube, which);
	const uids = new Set(old.map(({metadata}) => metadata?.uid));
	await Promise.all(
		old.map(async ({metadata}) =>
			kube.core.deleteNamespacedPod({namespace: which.namespace, name: metadata?.name as string, gracePeriodSeconds: 1}),
		),
	);
	await eventually(
		`${old.length} new pods of ${which.selector} are Ready${which.node === undefined ? '' : ` on ${which.node}`}`,
		async () => {
			const now = await podsOf(kube, which);
			const fresh = now.filter(pod => !uids.has(pod.metadata?.uid) && isReadyPod(pod));
			return fresh.length === old.length && now.length === old.length
				? {done: true, value: undefined}
				: {done: false, observed: `${fresh.length} new ones are Ready, ${now.length} in all`};
		},
		{timeoutMs: ROLLOUT_TIMEOUT_MS, signal, onTimeout: 'broken'},
	);
};
