import {PODS_READY_TIMEOUT_MS} from '../limits.ts';
import {ipFamilyOf} from '../ip.ts';
import {DNS_PODS, DNS_SERVICE} from '../model/dns-names.ts';
import {isReadyPod} from '../model/pods.ts';
import {eventually} from '../wait/eventually.ts';
import {programmed} from './programmed.ts';
import type {Testbed} from './testbed.ts';

/** Waits until the rules of every node lead to the DNS servers. The DNS Service may have one family where the cluster has two. */
export const dnsProgrammed = async (testbed: Testbed): Promise<void> => {
	const {spec} = await testbed.kube.core.readNamespacedService(DNS_SERVICE);
	await programmed({...testbed, namespace: DNS_SERVICE.namespace, family: ipFamilyOf(spec?.clusterIP ?? '')}, DNS_SERVICE.name);
};

/**
 * Waits until no DNS server starts or ends any more: one that has just started answers SERVFAIL until it has read the API, and the DNS
 * Service does not lead to it.
 */
export const nameServersReady = async ({kube, signal}: Pick<Testbed, 'kube' | 'signal'>): Promise<void> =>
	eventually(
		'every DNS server is ready, and none is on its way out',
		async () => {
			const {items} = await kube.core.listNamespacedPod(DNS_PODS);
			const moving = items.filter(pod => !isReadyPod(pod));
			if (moving.length === 0) return {done: true, value: undefined};
			return {done: false, observed: moving.map(({metadata, status}) => `${metadata?.name} is ${status?.phase}`).join(', ')};
		},
		{timeoutMs: PODS_READY_TIMEOUT_MS, signal, onTimeout: 'broken'},
	);

/** Waits until no DNS server starts or ends any more, and every node's rules lead to those that stay. */
export const nameServersSteady = async (testbed: Testbed): Promise<void> => {
	await nameServersReady(testbed);
	await dnsProgrammed(testbed);
};
