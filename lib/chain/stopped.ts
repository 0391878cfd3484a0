import type {Packet} from '../model/verdict.ts';
import {fatesOf, type QuotedRule} from '../trace/fates.ts';
import type {ChainFacts, Dialled, WalkedNode} from './facts.ts';
import {fullTable} from './full-table.ts';
import {endOf} from './route-ends.ts';
import {ruleText} from './rule-text.ts';
import {placeOn, rulesOf} from './traced.ts';
import {podDeviceOf, routingOn, sourceTo} from './ways.ts';

/** What ends a connection of the walk on a node: a rule, a route, a full conntrack table. `beyond`: it ends what is beyond this limit. */
export type Stopper = {
	readonly node: WalkedNode;
	readonly text: string;
	readonly rule?: QuotedRule;
	readonly beyond?: QuotedRule;
};

/** What ends connections which the walk itself made and lost, by these. */
export type Stoppers = ReadonlyMap<Dialled, Stopper>;

/** A connection that is reset has reached somebody. */
const isLossy = ({dials}: Dialled): boolean => dials.ok && dials.value.some(({outcome}) => outcome !== 'answered' && outcome !== 'reset');

/** A packet as it leaves the node that dials, and as it comes to the one where the address is. */
const packetsAt = (
	{from, node, ip: destination, port, protocol}: Dialled,
	{nodes, family}: Pick<ChainFacts, 'nodes' | 'family'>,
): readonly (readonly [at: WalkedNode, packet: Packet])[] => {
	const sender = nodes.find(({name}) => name === from);
	if (!sender) return [];
	const packet = {protocol, source: sourceTo(sender, destination, family), destination, port};
	const target = nodes.find(({name}) => name === node && name !== from);
	return [[sender, {...packet, from: 'node'}], ...(target ? [[target, {...packet, from: 'outside'}] as const] : [])];
};

/** Where the routes of the node that dials, or of the one that answers, lead it to an end, or to an address of the node itself. */
const routedAway = ({from, node, ip, kind}: Dialled, {nodes, family}: Pick<ChainFacts, 'nodes' | 'family'>): readonly Stopper[] => {
	const [sender, target] = [from, node].map(name => nodes.find(each => each.name === name));
	if (!sender || !target) return [];
	const source = sourceTo(sender, ip, family);
	const device = kind === 'pod' ? podDeviceOf(target, ip, family) : 'lo';
	const ways = [
		{at: sender, way: routingOn(sender, family)?.({source, destination: ip, in: 'lo'})},
		...(device === undefined ? [] : [{at: target, way: routingOn(target, family)?.({source: ip, destination: source, in: device})}]),
	];
	return ways.flatMap(({at, way}) => {
		const text = way && endOf(way, at.name);
		return text === undefined ? [] : [{node: at, text}];
	});
};

/** The node that dials, or the one that answers, has no room for a new connection. */
const fullAt = ({from, node}: Dialled, nodes: readonly WalkedNode[]): Stopper | undefined =>
	nodes
		.filter(({name}) => name === from || name === node)
		.map(at => ({node: at, text: fullTable(at)}))
		.find((one): one is Stopper => one.text !== undefined);

/**
 * Sends what the walk has dialled itself and lost through the whole dumps and the routes of the nodes on its way: what ends it there
 * explains the loss, and neither the backend nor what lies between is to blame.
 */
export const stoppersOf = ({nodes, dials, family}: Pick<ChainFacts, 'nodes' | 'dials' | 'family'>): Stoppers => {
	const prepared = new Map<string, ReturnType<typeof fatesOf>>();
	const fatesOn = (node: WalkedNode): ReturnType<typeof fatesOf> => {
		const fates = prepared.get(node.name) ?? fatesOf(rulesOf(node), placeOn(node, family));
		prepared.set(node.name, fates);
		return fates;
	};
	return new Map(
		dials.filter(isLossy).flatMap(dialled => {
			const all = packetsAt(dialled, {nodes, family}).flatMap(([node, packet]) =>
				fatesOn(node)(packet).flatMap(({end, by, beyond}): readonly Stopper[] =>
					by && (end === 'drop' || end === 'refuse') ? [{node, text: ruleText(node, by), rule: by, ...(beyond && {beyond})}] : [],
				),
			);
			// A limit need not be spent.
			const first = fullAt(dialled, nodes) ?? all.find(({beyond}) => !beyond) ?? all[0] ?? routedAway(dialled, {nodes, family})[0];
			return first ? [[dialled, first] as const] : [];
		}),
	);
};
