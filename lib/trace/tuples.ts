import {randomFrom} from '../random.ts';
import {familyOf, isLoopback} from '../model/address.ts';
import {nodeView} from '../model/node-view.ts';
import {nameOf, type ClusterState} from '../model/state.ts';
import type {Packet} from '../model/verdict.ts';
import type {IpFamily} from '../target.ts';
import {anyGoal, goalsOf, type Goal} from './goals.ts';
import {addressIn, sendersOf, type Sender} from './senders.ts';

/**
 * A packet, and what of the cluster it is about, in a few words: `shop/plain clusterIP`, `elsewhere`. `of`: the Service port
 * (`ns/svc:port`) that serves where it goes.
 */
export type Tuple = {
	readonly packet: Packet;
	readonly about: string;
	readonly of?: string;
};

export type TupleWishes = {
	readonly count: number;
	/** The same seed gives the same tuples. */
	readonly seed: number;
	readonly family?: IpFamily;
	/** As `Surroundings.localAddresses`. */
	readonly localAddresses?: readonly string[];
	/**
	 * Who sends to a goal; a goal that nobody sends to is left out. To addresses of nodes somebody must. Left out: all kinds of senders,
	 * made up, first those who are of interest there.
	 */
	readonly sendersTo?: (goal: Goal) => readonly Sender[];
};

/**
 * What a Service serves is worth more packets than what lies beside it: in each round so many, and of what lies beside one for this share.
 */
const SERVED_AT_A_TIME = 4;
const BESIDE = 0.3;

const loopbackOf = (ip: string): string => (familyOf(ip) === 'ipv4' ? '127.0.0.1' : '::1');

const shuffled = <T>(items: readonly T[], random: () => number): T[] =>
	items
		.map(item => ({item, at: random()}))
		.toSorted((a, b) => a.at - b.at)
		.map(({item}) => item);

/**
 * Who is of interest to a Service before all others: its own endpoints, its load balancer's source ranges, and the balancer's address
 * itself.
 */
const involved = ({of, via, destination}: Goal, local: readonly string[], random: () => number): readonly Sender[] => {
	const endpoints = (of?.endpoints ?? []).filter(({ip}) => !local.includes(ip));
	const balancer = via === 'loadBalancer' ? [destination, ...(of?.sourceRanges ?? []).map(cidr => addressIn(cidr, random))] : [];
	return [
		...endpoints.map(({ip, local: isHere}): Sender => ({from: isHere ? 'pod' : 'outside', source: ip})),
		...balancer.filter(ip => !local.includes(ip)).map((source): Sender => ({from: 'outside', source})),
	];
};

/** All who can send something there, those of interest first. Nothing but the node itself reaches its loopback addresses. */
const anyoneTo =
	(senders: readonly Sender[], local: readonly string[], random: () => number) =>
	(goal: Goal): readonly Sender[] => {
		const {destination} = goal;
		const others = senders.filter(({from}) => from !== 'node' || !local.includes(destination));
		// The kernel takes the address itself when the node sends to one of its own.
		const own = local.includes(destination)
			? [destination, loopbackOf(destination)].map((source): Sender => ({from: 'node', source}))
			: [];
		return isLoopback(destination)
			? [{from: 'node', source: destination}]
			: [...shuffled(involved(goal, local, random), random), ...shuffled([...own, ...others], random)];
	};

const keyOf = ({from, source, destination, port, protocol}: Packet): string => [from, source, destination, port, protocol].join(' ');

/**
 * Packets that a node may see, all different: first some to every address and port of every Service, from all kinds of senders, and to what
 * lies beside these; then more and more to nodes, the Service range and elsewhere, as many as are asked for. Throws RangeError for a node
 * that is not in the state.
 */
export const tuplesOf = (
	state: ClusterState,
	node: string,
	{count, seed, family = 'ipv4', localAddresses = [], ...wishes}: TupleWishes,
): readonly Tuple[] => {
	const random = randomFrom(seed);
	const local = [...nodeView(state, node, family, localAddresses).addresses];
	const {sendersTo: given} = wishes;
	const sendersTo = given
		? (goal: Goal) => shuffled(given(goal), random)
		: anyoneTo(sendersOf(state, node, family, random), local, random);
	const packetsTo = (goal: Goal): Packet[] =>
		sendersTo(goal).map(sender => ({...sender, protocol: goal.protocol, destination: goal.destination, port: goal.port}));
	const queues = shuffled(goalsOf(state, node, family, local), random)
		.toSorted((a, b) => Number(!a.of) - Number(!b.of))
		.map(goal => ({goal, packets: packetsTo(goal)}));
	const found = new Map<string, Tuple>();
	const add = ({about, of}: Goal, packet: Packet | undefined) => {
		if (packet && found.size < count && !found.has(keyOf(packet)))
			found.set(keyOf(packet), {packet, about, ...(of && {of: nameOf(of)})});
	};

	while (found.size < count) {
		for (const {goal, packets} of queues)
			for (const packet of packets.splice(0, goal.of ? SERVED_AT_A_TIME : Number(random() < BESIDE))) add(goal, packet);
		for (let times = 1 + queues.length / 50; times > 0; times--) {
			const goal = anyGoal(state, family, local, random);
			add(goal, packetsTo(goal)[0]);
		}
	}

	return [...found.values()];
};
