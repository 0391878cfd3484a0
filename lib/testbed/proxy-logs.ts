import type {Testbed} from './testbed.ts';

/** The whole log of the kube-proxy of each node, since it started. */
export const proxyLogs = async ({kube}: Testbed): Promise<readonly {readonly node: string; readonly log: string}[]> => {
	const namespace = 'kube-system';
	const {items} = await kube.core.listNamespacedPod({namespace, labelSelector: 'k8s-app=kube-proxy'});
	return Promise.all(
		items.map(async ({metadata, spec}) => ({
			node: spec?.nodeName ?? '',
			log: await kube.core.readNamespacedPodLog({namespace, name: metadata?.name ?? ''}),
		})),
	);
};
