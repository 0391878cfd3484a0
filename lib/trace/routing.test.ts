import test from 'ava';
import type {Route, RoutingRule} from '../facts/parse/ip-json.ts';
import {routeText, routingOf, routingRuleText, type Routed} from './routing.ts';

const route = (destination: string, more: Partial<Route> = {}): Route => ({
	destination,
	type: 'unicast',
	table: 'main',
	device: 'eth0',
	...more,
});
const rule = (priority: number, more: Partial<RoutingRule> = {}): RoutingRule => ({priority, others: [], ...more});

const ROUTES = [
	route('default', {gateway: '172.18.0.1'}),
	route('10.244.1.0/24', {gateway: '172.18.0.11', metric: 10}),
	route('10.244.1.0/24', {gateway: '172.18.0.99', metric: 20}),
	route('10.244.2.0/24', {device: 'cni0'}),
	route('172.18.0.12', {type: 'local', table: 'local'}),
	route('default', {type: 'unreachable', table: '100'}),
	route('10.244.1.7', {type: 'throw', table: '101'}),
];
const FIRST = [rule(0, {table: 'local'}), rule(32_766, {table: 'main'})];
const PACKET: Routed = {source: '10.244.2.2', destination: '10.244.1.7', in: 'cni0'};

const said = (rules: readonly RoutingRule[] | undefined, packet: Partial<Routed> = {}): string => {
	const way = routingOf(ROUTES, rules)({...PACKET, ...packet});
	if (!way) return 'not known';
	return way.route ? routeText(way.route) : way.rule ? routingRuleText(way.rule) : 'none';
};

for (const [what, found, expected] of [
	['the most exact, then the lowest metric', said(undefined), '10.244.1.0/24 via 172.18.0.11 dev eth0'],
	['an address of the node', said(undefined, {destination: '172.18.0.12'}), 'local 172.18.0.12 dev eth0 table local'],
	['elsewhere', said(undefined, {destination: '192.0.2.1'}), 'default via 172.18.0.1 dev eth0'],
	[
		'a table for what pods send',
		said([...FIRST, rule(90, {source: '10.244.0.0/16', table: '100'})]),
		'unreachable default dev eth0 table 100',
	],
	['for what others send', said([...FIRST, rule(90, {source: '10.9.0.0/16', table: '100'})]), '10.244.1.0/24 via 172.18.0.11 dev eth0'],
	[
		'a rule that ends the way',
		said([...FIRST, rule(90, {destination: '10.244.1.0/24', action: 'prohibit'})]),
		'90: from all to 10.244.1.0/24 prohibit',
	],
	['what comes in elsewhere', said([...FIRST, rule(90, {in: 'lo', action: 'blackhole'})]), '10.244.1.0/24 via 172.18.0.11 dev eth0'],
	['what the node sends', said([...FIRST, rule(90, {in: 'lo', action: 'blackhole'})], {in: 'lo'}), '90: from all iif lo blackhole'],
	['sockets that are bound', said([...FIRST, rule(90, {out: 'eth0', action: 'blackhole'})]), '10.244.1.0/24 via 172.18.0.11 dev eth0'],
	['a route that says to go on', said([...FIRST, rule(90, {table: '101'})]), '10.244.1.0/24 via 172.18.0.11 dev eth0'],
	['packets that are marked', said([...FIRST, rule(90, {table: '100', others: ['fwmark']})]), '10.244.1.0/24 via 172.18.0.11 dev eth0'],
	['all but some', said([...FIRST, rule(90, {table: '100', others: ['not']})]), 'not known'],
	['what nobody here knows', said([...FIRST, rule(90, {table: '100', others: ['ipproto']})]), 'not known'],
	[
		'of other packets',
		said([...FIRST, rule(90, {source: '10.9.0.0/16', table: '100', others: ['ipproto']})]),
		'10.244.1.0/24 via 172.18.0.11 dev eth0',
	],
	[
		'rules that are passed over',
		said([...FIRST, rule(80, {action: 'goto 100'}), rule(90, {action: 'blackhole'}), rule(100, {action: 'nop'})]),
		'10.244.1.0/24 via 172.18.0.11 dev eth0',
	],
	['no table has it', said([rule(0, {table: 'local'})]), 'none'],
	['no address', said(undefined, {source: 'x'}), 'not known'],
] as const)
	test(`routing: ${what}`, t => t.is(found, expected));
