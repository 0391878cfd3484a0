import {canonicalIp, familyOf, isLoopback} from '../../../lib/model/address.ts';
import type {Goal} from '../../../lib/trace/goals.ts';
import type {Sender} from '../../../lib/trace/senders.ts';
import type {TracedNode} from '../../../lib/trace/traced-node.ts';
import type {Packet} from '../../../lib/model/verdict.ts';
import type {Vantage} from '../../../lib/probe/vantage.ts';
import {ofFamily} from '../../../lib/ip.ts';
import type {Testbed} from '../../../lib/testbed/testbed.ts';

/** All places that really send, and what the one outside reaches by which node. */
export type Places = {
	/** By node; for `outside` the same everywhere, undefined where there is none. */
	readonly vantage: (node: string, from: Packet['from']) => Vantage | undefined;
	readonly via: ReadonlyMap<string, string>;
};

/** Every address of the namespace's Services, each by one of the nodes in turn. */
const viaOf = async ({kube, namespace, family, nodes}: Testbed): Promise<ReadonlyMap<string, string>> => {
	const {items} = await kube.core.listNamespacedService({namespace});
	const addresses = items
		.flatMap(({spec, status}) => [
			...(spec?.clusterIPs ?? []),
			...(spec?.externalIPs ?? []),
			...(status?.loadBalancer?.ingress ?? []).map(({ip = ''}) => ip),
		])
		.flatMap(text => canonicalIp(text) ?? [])
		.filter(ip => familyOf(ip) === family);
	return new Map([...new Set(addresses)].map((ip, index) => [ip, nodes[index % nodes.length]!.name]));
};

/**
 * Opens all places: a pod on every node, every node, and the host outside, which gets a route to each address of a Service, by one node or
 * another.
 */
export const openPlaces = async (testbed: Testbed): Promise<Places> => {
	const {nodes, cluster, vantage} = testbed;
	const opened = new Map(
		await Promise.all(nodes.map(async ({name}) => [name, {pod: await vantage.pod(name), node: await vantage.node(name)}] as const)),
	);
	const outside = cluster.outside && (await vantage.outside());
	const via = cluster.outside ? await viaOf(testbed) : new Map<string, string>();
	if (cluster.outside && via.size > 0)
		await testbed.routeOutside(new Map([...via].map(([ip, name]) => [ip, nodes.find(node => node.name === name)!])));
	return {vantage: (node, from) => (from === 'outside' ? outside : opened.get(node)?.[from]), via};
};

/**
 * Who of them sends to a goal by a node (nobody speaks SCTP): its pod, it itself, and the host outside to the node's own address and what
 * it has a route for.
 */
export const sendersBy =
	({vantage, via}: Places, {name, sourceTo}: TracedNode, {ip, family}: {readonly ip: string; readonly family: Testbed['family']}) =>
	({destination, protocol}: Goal): readonly Sender[] => {
		if (protocol === 'SCTP') return [];
		const addressOf = (from: Packet['from']): string | undefined =>
			from === 'node' ? sourceTo(destination) : ofFamily(vantage(name, from)?.ips ?? [], family);
		const froms: readonly Packet['from'][] = isLoopback(destination)
			? ['node']
			: destination === ip || via.get(destination) === name
				? ['pod', 'node', 'outside']
				: ['pod', 'node'];
		return froms.flatMap(from => {
			const source = addressOf(from);
			return source === undefined ? [] : [{from, source}];
		});
	};
