import {KUBE_PROXY_PODS} from '../kube-proxy.ts';
import type {Testbed} from './testbed.ts';

/** The whole log of the kube-proxy of each node, since it started. */
export const proxyLogs = async ({kube}: Testbed): Promise<readonly {readonly node: string; readonly log: string}[]> => {
	const {namespace} = KUBE_PROXY_PODS;
	const {items} = await kube.core.listNamespacedPod(KUBE_PROXY_PODS);
	return Promise.all(
		items.map(async ({metadata, spec}) => ({
			node: spec?.nodeName ?? '',
			log: await kube.core.readNamespacedPodLog({namespace, name: metadata?.name ?? ''}),
		})),
	);
};
