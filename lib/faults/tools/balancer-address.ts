import type {Testbed} from '../../testbed/testbed.ts';
import {firstOf} from './choices.ts';

/** The first address that a load balancer has given a Service of the check, else its external IP. Throws FaultError where there is none. */
export const balancerAddress = async ({kube, namespace}: Testbed): Promise<string> => {
	const {items} = await kube.core.listNamespacedService({namespace});
	return firstOf(
		[
			...items.flatMap(({status}) => (status?.loadBalancer?.ingress ?? []).flatMap(({ip}) => ip ?? [])),
			...items.flatMap(({spec}) => spec?.externalIPs ?? []),
		],
		`no Service of ${namespace} with the address of a load balancer or an external IP`,
	);
};
