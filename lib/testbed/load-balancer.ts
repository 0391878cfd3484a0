import type {V1LoadBalancerIngress} from '@kubernetes/client-node';
import {lastWorker} from './last-worker.ts';
import {programmed} from './programmed.ts';
import type {TestNode, Testbed} from './testbed.ts';

/** A load balancer that no controller serves, whichever are there: nobody but us writes the status. */
export const UNSERVED = {type: 'LoadBalancer', loadBalancerClass: 'vipcheck.invalid/by-hand'} as const;

/** Gives a Service made `UNSERVED` its addresses, as a load balancer's controller does. */
export const balancerGives = async (
	{kube, namespace}: Pick<Testbed, 'kube' | 'namespace'>,
	name: string,
	ingress: readonly V1LoadBalancerIngress[],
): Promise<void> => {
	const body = await kube.core.readNamespacedService({namespace, name});
	await kube.core.replaceNamespacedServiceStatus({namespace, name, body: {...body, status: {loadBalancer: {ingress: [...ingress]}}}});
};

/**
 * Gives a Service an address that nobody else has, waits until every node has its rules, and lets the host outside reach it by the last
 * worker, `via`.
 */
export const balancedByHand = async (testbed: Testbed, name: string): Promise<{readonly ip: string; readonly via: TestNode}> => {
	const [ip = ''] = await testbed.lease('balancer-ip', 1);
	await balancerGives(testbed, name, [{ip}]);
	await programmed(testbed, name);
	const via = lastWorker(testbed);
	await testbed.routeOutside(new Map([[ip, via]]));
	return {ip, via};
};
