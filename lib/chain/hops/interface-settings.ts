import {routeText} from '../../trace/routing.ts';
import {broken, type Finding} from '../chain.ts';
import type {ChainFacts, WalkedNode} from '../facts.ts';
import {entryFrom, goalsOf, podDeviceOf, routingOn, sourceTo} from '../ways.ts';

/** sysctl writes a dot of an interface's name as a slash. */
const settingOf = (device: string, name: string): string => `net.ipv4.conf.${device.replaceAll('.', '/')}.${name}`;
export const RP_FILTER = (device: string): string => settingOf(device, 'rp_filter');
const STRICT = 1;

/** Where pods and namespace are left out, what comes in by which interface is not known. */
export type SettingFacts = Pick<ChainFacts, 'nodes' | 'family'> & Partial<Pick<ChainFacts, 'pods' | 'namespace'>>;

/** What comes in by which interface of a node: from its own pods, and from others to its pods. `on`: where it goes, `lo` for the node. */
const entriesOf = (node: WalkedNode, {nodes, pods, namespace, family}: SettingFacts) => {
	if (!pods || namespace === undefined) return [];
	const goals = goalsOf({nodes, pods, namespace, family});
	const own = goals.filter(goal => goal.node === node.name && goal.ip !== node.ip);
	return [
		...own.flatMap(({ip}) => {
			const device = podDeviceOf(node, ip, family);
			return device === undefined ? [] : [{from: ip, to: node.ip, on: 'lo', device}];
		}),
		...nodes
			.filter(({name}) => name !== node.name)
			.flatMap(other =>
				own.slice(0, 1).flatMap(({ip}) => {
					const [device, on] = [entryFrom(other, node, ip, family), podDeviceOf(node, ip, family)];
					if (device === undefined || on === undefined) return [];
					const theirs = goals.filter(goal => goal.node === other.name && goal.ip !== other.ip).map(goal => goal.ip);
					return [sourceTo(other, ip, family), ...theirs].map(from => ({from, to: ip, on, device}));
				}),
			),
	];
};

/** Interfaces that pass nothing on of what comes in by them, whatever ip_forward says. */
export const unforwarded = (node: WalkedNode, values: ReadonlyMap<string, string>, facts: SettingFacts): readonly Finding[] =>
	[...new Set(entriesOf(node, facts).map(({device}) => device))]
		.filter(device => values.get(settingOf(device, 'forwarding')) === '0' && values.get('net.ipv4.ip_forward') !== '0')
		.map(device =>
			broken(
				`${settingOf(device, 'forwarding')} is 0 on ${node.name}: what comes in by ${device} is not passed on to pods or from them`,
			),
		);

/** The greater of the two holds: 2 is loose. */
export const isStrict = (values: ReadonlyMap<string, string>, device: string): boolean =>
	Math.max(Number(values.get(RP_FILTER('all')) ?? 0), Number(values.get(RP_FILTER(device)) ?? 0)) === STRICT;

/** What comes in by one interface while the way back to its sender is another: a strict rp_filter drops it (fib_validate_source). */
export const astray = (node: WalkedNode, values: ReadonlyMap<string, string>, facts: SettingFacts): readonly Finding[] => {
	const routing = routingOn(node, 'ipv4');
	if (!routing) return [];
	return entriesOf(node, facts)
		.filter(({device}) => isStrict(values, device))
		.flatMap(({from, to, on, device}) => {
			// The kernel looks for the way back as if the answer came in where the packet goes out.
			const route = routing({source: to, destination: from, in: on})?.route;
			if (route?.device === undefined || route.device === device || route.type !== 'unicast') return [];
			return [
				broken(
					`rp_filter of ${device} is strict on ${node.name} (${[RP_FILTER(device), RP_FILTER('all')]
						.map(key => `${key} = ${values.get(key) ?? 'not there'}`)
						.join(', ')}), and the way back to ${from} is ${routeText(route)}: what comes from there is dropped`,
				),
			];
		});
};
