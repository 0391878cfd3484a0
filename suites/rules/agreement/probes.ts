import {familyOf, isLinkLocal} from '../../../lib/model/address.ts';
import {difference} from '../../../lib/trace/agree.ts';
import {legsOf, type Leg} from '../../../lib/trace/legs.ts';
import {tuplesOf, type Tuple} from '../../../lib/trace/tuples.ts';
import type {TracedNode} from '../../../lib/trace/traced-node.ts';
import {onTheWire, type Echoes, type OnTheWire} from '../../../lib/trace/wire.ts';
import type {IpFamily} from '../../../lib/target.ts';
import type {Testbed} from '../../../lib/testbed/testbed.ts';
import {sendersBy, type Places} from './senders.ts';

/** A packet with all that is said about it before it is sent. */
export type Probe = Tuple & {
	/** The node that it comes to first. */
	readonly entry: TracedNode;
	readonly legs: readonly [first: Leg, ...next: Leg[]];
	/** Where model and trace disagree, and how. */
	readonly apart?: {readonly node: string; readonly text: string};
	/** `open` for what nobody can send. */
	readonly expected: OnTheWire;
};

export type Scene = {
	readonly nodes: readonly TracedNode[];
	readonly echoes: Echoes;
	readonly places: Places;
	readonly testbed: Pick<Testbed, 'family' | 'nodes'>;
};

/** From those who really send, by all nodes together; enough for 2,000 that can be compared with the wire. */
const SENT = 8400;
/** From senders of all kinds that are made up: compared two ways alone. */
const MADE_UP = 800;
const SEED = 1;

/** Refusals that one client gets of one node: those beyond the first few come at the kernel's pace. */
const REFUSALS = 10;

const IS_MADE_UP: OnTheWire = {outcome: 'open', why: 'its sender is made up'};
const RATIONED: OnTheWire = {outcome: 'open', why: 'the kernel sends one client only so many refusals'};

/** The last leg: its node decides. */
export const lastOf = ({legs}: Pick<Probe, 'legs'>): Leg => legs.at(-1) ?? legs[0];

/** Client and node: all who are the same to a node's limits and affinity. */
export const clientOf = (probe: Pick<Probe, 'legs'>): string => {
	const {node, packet} = lastOf(probe);
	return `${packet.source} at ${node.name}`;
};

/**
 * Messages of the kernel that it takes until the client hears of a refusal by a rule. Over IPv6 TCP hears of the second alone, a second
 * later: the first comes while the client's socket is still held by its own connect (Linux 6.18).
 */
export const refusalsFor = ({packet: {protocol, destination}, legs}: Pick<Probe, 'packet' | 'legs'>): number =>
	protocol === 'TCP' && familyOf(destination) === 'ipv6' && lastOf({legs}).model.kind === 'refused' ? 2 : 1;

const apartOf = (legs: readonly Leg[]): Probe['apart'] =>
	legs
		.map(({node, model, trace}) => ({node: node.name, text: difference(model, trace)}))
		.flatMap(({node, text}) => (text === undefined ? [] : [{node, text}]))[0];

const withoutLinkLocal = (addresses: ReadonlySet<string>): readonly string[] => [...addresses].filter(ip => !isLinkLocal(ip));

const rationed = (probes: readonly Probe[]): readonly Probe[] => {
	const used = new Map<string, number>();
	return probes.map(probe => {
		if (probe.expected.outcome !== 'refused' || !probe.expected.limited) return probe;
		const client = clientOf(probe);
		used.set(client, (used.get(client) ?? 0) + refusalsFor(probe));
		return used.get(client)! > REFUSALS ? {...probe, expected: RATIONED} : probe;
	});
};

const probesBy = (entry: TracedNode, family: IpFamily, ip: string, {nodes, echoes, places}: Scene): readonly Probe[] => {
	const wishes = {seed: SEED, family, localAddresses: withoutLinkLocal(entry.addresses)};
	const probe = (tuple: Tuple, isMadeUp: boolean): Probe => {
		const legs = legsOf(tuple.packet, entry, nodes);
		const apart = apartOf(legs);
		return {...tuple, entry, legs, ...(apart && {apart}), expected: isMadeUp ? IS_MADE_UP : onTheWire(lastOf({legs}), echoes)};
	};
	return [
		...tuplesOf(entry.state, entry.name, {
			...wishes,
			count: Math.ceil(SENT / nodes.length),
			sendersTo: sendersBy(places, entry, {ip, family}),
		}).map(tuple => probe(tuple, false)),
		...tuplesOf(entry.state, entry.name, {...wishes, count: Math.ceil(MADE_UP / nodes.length)}).map(tuple => probe(tuple, true)),
	];
};

/** Packets by every node, with what model and trace say about each and what the wire must show. */
export const probesOf = (scene: Scene): readonly Probe[] =>
	rationed(
		scene.nodes.flatMap(entry => {
			const node = scene.testbed.nodes.find(({name}) => name === entry.name);
			return node ? probesBy(entry, scene.testbed.family, node.ip, scene) : [];
		}),
	);
