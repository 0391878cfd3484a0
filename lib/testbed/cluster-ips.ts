import {ipFamilyOf} from '../ip.ts';
import {FAMILY_NAMES} from '../model/address.ts';
import {Violation} from '../record/problem.ts';
import type {IpFamily} from '../target.ts';
import type {Testbed} from './testbed.ts';

/** The cluster addresses of a Service, in the API's order. */
export const clusterIpsOf = async ({kube, namespace}: Pick<Testbed, 'kube' | 'namespace'>, name: string): Promise<readonly string[]> =>
	(await kube.core.readNamespacedService({namespace, name})).spec?.clusterIPs ?? [];

/** Throws a Violation where the API has given a Service addresses of other families, or in another order, than these. */
export const judgeIps = (ips: readonly string[], families: ReadonlyArray<(typeof FAMILY_NAMES)[IpFamily]>): void => {
	if (ips.map(ip => FAMILY_NAMES[ipFamilyOf(ip)]).join() === families.join()) return;
	const expected = `one of each, in this order: ${families.join(', ')}`;
	throw new Violation({
		summary: 'a Service has other cluster addresses than it asks for',
		expected,
		observed: ips.join(', ') || 'none',
		layer: {name: 'api', detail: `clusterIPs are ${ips.join(', ') || 'none'} instead of ${expected}`},
		reproduce: ["kubectl get service echo -o jsonpath='{.spec.clusterIPs}'"],
	});
};
