import {balancerPool, type PoolSpec} from '../change/metallb.ts';
import {ASSIGNED_TIMEOUT_MS} from '../limits.ts';
import {eventually} from '../wait/eventually.ts';
import {announcedBy, watchArp} from './arp-watch.ts';
import {reachedOnLink} from './on-link.ts';
import type {Outside, TestNode, Testbed} from './testbed.ts';
import {service, type MadeService, type ServiceWish} from './workloads.ts';

type WithOutside = Testbed & {readonly outside: Outside};

/** Makes a pool of addresses that nobody else has for the check's own Services, announced by ARP; it goes with the check. */
export const makePool = async (
	testbed: Testbed,
	{
		count = 1,
		suffix = '',
		...spec
	}: Partial<Omit<PoolSpec, 'name' | 'addresses' | 'namespaces'>> & {count?: number; suffix?: string} = {},
): Promise<{readonly name: string; readonly addresses: readonly string[]}> => {
	const addresses = await testbed.lease('balancer-ip', count);
	const name = `${testbed.namespace}${suffix}`;
	await testbed.change(balancerPool({...spec, name, addresses, namespaces: [testbed.namespace]}));
	return {name, addresses};
};

/** The address of a pool for checks: one of our own, or one of that which --metallb-pool names. */
const fromPool = async (testbed: Testbed, spec: Parameters<typeof makePool>[1]): Promise<Readonly<Record<string, string>>> => {
	const named = testbed.cluster.target.existing?.metallbPool;
	if (named === undefined) await makePool(testbed, spec);
	return named === undefined ? {} : {'metallb.io/address-pool': named.replace(/^.*\//, '')};
};

/** What MetalLB's controller says of a Service, its last words last. */
const eventsOf = async ({kube, namespace}: Testbed, name: string): Promise<readonly string[]> =>
	(await kube.events(namespace))
		.filter(({involvedObject}) => involvedObject.kind === 'Service' && involvedObject.name === name)
		.map(({type, reason, message}) => `${type} ${reason}: ${message}`);

/** Waits until a Service has its addresses from MetalLB. None is a Violation of layer `lb` that quotes its events. */
export const assigned = async (testbed: Testbed, name: string): Promise<readonly string[]> =>
	eventually(
		`MetalLB gives Service ${name} an address`,
		async () => {
			const {status} = await testbed.kube.core.readNamespacedService({namespace: testbed.namespace, name});
			const ips = (status?.loadBalancer?.ingress ?? []).flatMap(({ip}) => ip ?? []);
			if (ips.length > 0) return {done: true, value: ips};
			return {done: false, observed: (await eventsOf(testbed, name)).join('\n') || 'no address, and no event'};
		},
		{
			timeoutMs: ASSIGNED_TIMEOUT_MS,
			signal: testbed.signal,
			problem: {
				layer: {name: 'lb', detail: `Service ${testbed.namespace}/${name} has no address`},
				reproduce: [`kubectl -n ${testbed.namespace} describe service ${name}`],
			},
		},
	);

/** Waits until MetalLB has told in an event why a Service gets no address; answers its words. */
export const refused = async (testbed: Testbed, name: string): Promise<string> =>
	eventually(
		`MetalLB says why Service ${name} gets no address`,
		async () => {
			const {status} = await testbed.kube.core.readNamespacedService({namespace: testbed.namespace, name});
			const [given] = status?.loadBalancer?.ingress ?? [];
			const said = (await eventsOf(testbed, name)).findLast(text => text.startsWith('Warning AllocationFailed'));
			if (!given && said !== undefined) return {done: true, value: said};
			return {done: false, observed: given ? `it got ${given.ip}` : 'no event'};
		},
		{
			timeoutMs: ASSIGNED_TIMEOUT_MS,
			signal: testbed.signal,
			problem: {layer: {name: 'lb', detail: `Service ${testbed.namespace}/${name} has no AllocationFailed event, or an address`}},
		},
	);

/** A Service of MetalLB's, and its address, which the host outside then asks for by ARP. */
export type Balanced = MadeService & {readonly ip: string};

/** Makes a Service of type LoadBalancer, and waits until MetalLB has given it an address. Its pool must be there. */
export const balanced = async (testbed: WithOutside, wish: ServiceWish): Promise<Balanced> => {
	const made = await service(testbed, {...wish, type: 'LoadBalancer'});
	const [ip = ''] = await assigned(testbed, made.name);
	await reachedOnLink(testbed, [ip]);
	return {...made, ip};
};

/** The same, with an address of the pool for checks. `own`: how it is made, where it is ours to make. */
export const balancedByPool = async (
	testbed: WithOutside,
	wish: ServiceWish,
	own: Parameters<typeof makePool>[1] = {},
): Promise<Balanced> => {
	const annotations = await fromPool(testbed, own);
	return balanced(testbed, {...wish, annotations: {...wish.annotations, ...annotations}});
};

/** The node that announces an address now. That nobody does, or several do, is a Violation. */
export const announcerOf = async (testbed: WithOutside, ip: string, options?: Parameters<typeof announcedBy>[3]): Promise<TestNode> => {
	const watch = await watchArp(testbed, [ip]);
	return announcedBy(testbed, watch, ip, options).finally(async () => watch.close());
};
