import type {Route} from '../../facts/parse/ip-json.ts';
import {routeText, type RoutedWay} from '../../trace/routing.ts';
import {broken, hopOf, unknown, type Finding, type Hop} from '../chain.ts';
import type {ChainFacts, WalkedNode} from '../facts.ts';
import {byRule, endOf} from '../route-ends.ts';
import {goalsOf, podDeviceOf, routingOn, sourceTo, type Goal} from '../ways.ts';

const HOP = {name: 'the routes of the nodes lead to the endpoints and back', layer: 'cni'} as const;
type RouteFacts = Pick<ChainFacts, 'nodes' | 'pods' | 'namespace' | 'family' | 'dials'>;

const leads = (route: Route, {ip, node}: Goal, at: WalkedNode, nodes: readonly WalkedNode[]): string | undefined => {
	if (route.type === 'local' && node !== at.name) return `makes ${ip} an address of the node itself`;
	const next = nodes.find(other => other.ip === route.gateway);
	return next && next.name !== node && node !== at.name ? `leads to ${next.name}, not to ${node}` : undefined;
};

/** Whether the node's own connections to an address were lost. */
const isLost = ({name}: WalkedNode, ip: string, dials: ChainFacts['dials']): boolean =>
	dials.some(
		({from, ip: to, dials: seen}) => from === name && to === ip && seen.ok && seen.value.every(({outcome}) => outcome !== 'answered'),
	);

const wrong = (goal: Goal, way: RoutedWay, at: WalkedNode, {nodes, dials}: Pick<ChainFacts, 'nodes' | 'dials'>): Finding | undefined => {
	const {route} = way;
	const to = `${goal.ip} (${goal.what}${goal.what.startsWith('node ') ? '' : ` on ${goal.node}`})`;
	if (!route && !way.rule) return broken(`${at.name} has no route to ${to}`);
	const end = endOf(way, at.name);
	if (end !== undefined) return broken(`${end} ends what is for ${to}${route ? byRule(way) : ''}`);
	if (!route) return undefined;
	const elsewhere = leads(route, goal, at, nodes);
	// A node may be the router to another one.
	const isSure = route.type === 'local' || isLost(at, goal.ip, dials);
	return elsewhere === undefined
		? undefined
		: (isSure ? broken : unknown)(`the route ${routeText(route)} on ${at.name}, which is taken to ${to}, ${elsewhere}${byRule(way)}`);
};

/** What a node sends itself to an address, and what it passes on for one of its pods. */
const sendersOn = (node: WalkedNode, to: string, goals: readonly Goal[], family: ChainFacts['family']) => [
	{source: sourceTo(node, to, family), in: 'lo'},
	...goals
		.filter(goal => goal.node === node.name && goal.ip !== node.ip)
		.slice(0, 1)
		.flatMap(({ip}) => {
			const device = podDeviceOf(node, ip, family);
			return device === undefined ? [] : [{source: ip, in: device}];
		}),
];

const judge = (node: WalkedNode, facts: RouteFacts): readonly Finding[] => {
	const routing = routingOn(node, facts.family);
	if (!routing) return [];
	const goals = goalsOf(facts);
	return goals
		.filter(({ip}) => ip !== node.ip)
		.flatMap(goal =>
			sendersOn(node, goal.ip, goals, facts.family).flatMap(sender => {
				const way = routing({...sender, destination: goal.ip});
				return (way && wrong(goal, way, node, facts)) ?? [];
			}),
		);
};

/**
 * Where each node's routes, and the rules by which their tables are looked up, lead packets to the namespace's pods and to the nodes: not
 * to an end, not to another node, and not to an address of its own.
 */
export const routesHop = (facts: RouteFacts): Hop => {
	const found = facts.nodes.flatMap(node => judge(node, facts));
	const each = new Map(found.map(finding => [finding.text, finding]));
	return hopOf(
		HOP,
		[...each.values()],
		facts.nodes.map(node => `${node.name}: ${routingOn(node, facts.family) ? 'looked at' : 'its routes are not known'}`),
	);
};
