import type {V1LoadBalancerIngress} from '@kubernetes/client-node';
import type {Testbed} from './testbed.ts';

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
