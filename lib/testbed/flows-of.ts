import type {Packet} from '../model/verdict.ts';
import type {Destination, Vantage} from '../probe/vantage.ts';
import {withPort} from '../ip.ts';
import type {AnswerWish, Way} from './expectations.ts';
import type {Expected} from '../probe/judge.ts';
import type {Flow} from './flows.ts';
import type {PodRef, TestNode, Testbed} from './testbed.ts';

type Kind = Packet['from'];

/**
 * Where connections go. `name`: its heading, left out the address; `via`: the node that a routed address is reached by from outside;
 * `on`: the node that has the address, where the API does not tell.
 */
export type Goal = Destination & {
	readonly name?: string;
	readonly via?: TestNode;
	readonly on?: TestNode;
	/** It is a NodePort: over UDP nothing is sent from one node to another's (`isInTransit`). */
	readonly nodePort?: true;
};

export type FlowsWish = AnswerWish & {
	/** Kinds of places: a pod on each node, the host network of each node, the host outside; or own pods made with `client: true`. */
	readonly from: readonly (Kind | PodRef)[];
	/** Nodes where pods and host networks are sent from; left out: all. */
	readonly on?: readonly TestNode[];
	readonly to: readonly Goal[];
	/** Connections of each flow, for all kinds or for each; left out: COUNT. */
	readonly counts?: number | Partial<Readonly<Record<Kind, number>>>;
	/** The clients' own port, the same for all; left out: any. */
	readonly localPort?: number;
};

/** What must become of a way; `expectations` and `hostPortExpectations` answer it from the model. */
export type Says = {of(way: Way, wish?: AnswerWish): Expected};

/** A loss of one in twenty is missed once in 170 batches; what is lost for good is never missed. */
const COUNT = 100;

type Place = {
	readonly name: string;
	readonly kind: Kind;
	readonly from: Vantage;
	/** undefined: outside. */
	readonly node: TestNode | undefined;
};

const placesOf = async ({vantage, nodes}: Testbed, {from, on = nodes}: FlowsWish): Promise<readonly Place[]> => {
	const opened = from.map(async (kind): Promise<readonly Place[]> => {
		if (typeof kind !== 'string') {
			const node = nodes.find(({name}) => name === kind.node);
			return [{name: kind.name, kind: 'pod', from: await vantage.inside(kind), node}];
		}
		if (kind === 'outside') return [{name: 'outside', kind, from: await vantage.outside(), node: undefined}];
		return Promise.all(
			on.map(async node => ({
				name: kind === 'pod' ? `pod on ${node.name}` : node.name,
				kind,
				from: await vantage[kind](node.name),
				node,
			})),
		);
	});
	return (await Promise.all(opened)).flat();
};

/**
 * The node whose rules decide over what a place sends to a goal, and how the packet comes there. To another node's address the
 * sender's own node only passes it on, so it comes from outside there.
 */
const deciding = ({nodes}: Testbed, {name, kind, node}: Place, {ip, via, on}: Goal): Pick<Way, 'node' | 'kind'> => {
	const owner = on ?? nodes.find(({ips}) => ips.includes(ip));
	const decides = owner ?? (node === undefined ? via : node);
	if (!decides) throw new RangeError(`no node is known by which ${name} reaches ${ip}: give the goal its \`via\``);
	return {node: decides, kind: decides === node ? kind : 'outside'};
};

/** Masquerading takes an address of the interface that leads to the backend: any of the node's. */
const addressesOf = async ({nodes, vantage}: Testbed, {sources}: AnswerWish): Promise<(node: string) => Pick<Way, 'addresses'>> => {
	if (!sources) return () => ({});
	const all = new Map(await Promise.all(nodes.map(async ({name}) => [name, (await vantage.node(name)).ips] as const)));
	return node => ({addresses: all.get(node) ?? []});
};

/**
 * kube-proxy of the sender's node forgets, whenever it looks after UDP, flows to other nodes' NodePorts, as they do not lead to an endpoint
 * (pkg/proxy/conntrack/cleanup.go): an answer that is under way is lost. udp/node-port-in-transit shows that; others would by chance.
 */
const isInTransit = (testbed: Testbed, {node}: Place, {ip, protocol, nodePort}: Goal): boolean =>
	nodePort === true &&
	protocol === 'UDP' &&
	node !== undefined &&
	testbed.nodes.some(({name, ips}) => name !== node.name && ips.includes(ip));

/** A node's kernel tells one client of 6 refusals at once, then of one a second (REFUSAL_PAUSE_MS): of more, the rest would be silence. */
const MOST_REFUSED = 4;

const nameOf = ({name, ip, port, protocol = 'TCP'}: Goal): string => name ?? `${withPort(ip, port)} ${protocol}`;

/**
 * Every place to every goal, with what must become of it: to be asked before anything is broken, sent by `sendFlows`.
 * Throws RangeError where the model gives no answer that a probe can have.
 */
export const flowsOf = async (testbed: Testbed, wish: FlowsWish, expected: Says): Promise<readonly Flow[]> => {
	const {to: goals, counts = COUNT, localPort} = wish;
	const places = await placesOf(testbed, wish);
	// The longer side goes down the page.
	const goalsDown = goals.length > places.length;
	const addresses = await addressesOf(testbed, wish);
	return places.flatMap(place =>
		goals
			.filter(goal => !isInTransit(testbed, place, goal))
			.map(goal => {
				const {ip, port, protocol = 'TCP'} = goal;
				const to: Destination = {ip, port, protocol};
				const way = deciding(testbed, place, goal);
				const count = typeof counts === 'number' ? counts : (counts[place.kind] ?? COUNT);
				const must = expected.of(
					{...way, from: place.from, to, ...addresses(way.node.name), ...(goal.on && {alsoLocal: [ip]})},
					wish,
				);
				return {
					row: goalsDown ? nameOf(goal) : place.name,
					column: goalsDown ? place.name : nameOf(goal),
					kind: place.kind,
					from: place.from,
					to,
					count: must.outcome === 'refused' ? Math.min(count, MOST_REFUSED) : count,
					...(localPort !== undefined && {localPort}),
					node: way.node.name,
					expected: must,
				};
			}),
	);
};
