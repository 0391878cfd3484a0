import type {Testbed} from '../../testbed/testbed.ts';
import {firstOf} from './choices.ts';

/** The first address that a load balancer has given a Service of the check. Throws FaultError where there is none. */
export const balancerAddress = async ({kube, namespace}: Testbed): Promise<string> =>
	firstOf(
		(await kube.core.listNamespacedService({namespace})).items.flatMap(({status}) =>
			(status?.loadBalancer?.ingress ?? []).flatMap(({ip}) => ip ?? []),
		),
		`no Service of ${namespace} with the address of a load balancer`,
	);
