import type {Route} from '../facts/parse/ip-json.ts';
import {routeText, routingRuleText, type RoutedWay} from '../trace/routing.ts';

const ENDS = ['blackhole', 'unreachable', 'prohibit'];

/** The rule by which a table that is not everybody's is looked up; for behind a sentence. */
export const byRule = ({rule}: RoutedWay): string =>
	rule && rule.priority !== 0 && rule.table !== 'main' ? `, by the rule ${routingRuleText(rule)}` : '';

const isEnd = ({type}: Route): boolean => ENDS.includes(type);

/** What ends a packet's way on a node; undefined: nothing. */
export const endOf = (way: RoutedWay, node: string): string | undefined => {
	const {route, rule} = way;
	if (route) return isEnd(route) ? `the route ${routeText(route)} on ${node}` : undefined;
	return rule ? `the rule ${routingRuleText(rule)} on ${node}` : `the want of a route on ${node}`;
};
