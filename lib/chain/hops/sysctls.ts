import {cidrHolds} from '../../model/address.ts';
import {PROXY_MODES} from '../../model/modes/modes.ts';
import {nodeView, takesNodePorts} from '../../model/node-view.ts';
import {broken, hopOf, notUnderstood, unknown, type Finding, type Hop} from '../chain.ts';
import type {ChainFacts, WalkedNode} from '../facts.ts';
import {astray, isStrict, RP_FILTER, unforwarded, type SettingFacts} from './interface-settings.ts';

const HOP = {name: "the kernel's settings let packets through", layer: 'sysctl'} as const;
const FORWARDING = {ipv4: 'net.ipv4.ip_forward', ipv6: 'net.ipv6.conf.all.forwarding'} as const;
const LOCALNET = 'net.ipv4.conf.all.route_localnet';
const BRIDGED = {ipv4: 'net.bridge.bridge-nf-call-iptables', ipv6: 'net.bridge.bridge-nf-call-ip6tables'} as const;

/** A bridge with an address of the node's pod network: the CNI's. */
const podBridge = ({facts: {links, addresses}, state, name}: WalkedNode): string | undefined => {
	if (!links.ok || !addresses.ok || !state.ok) return undefined;
	const cidrs = state.value.nodes.find(node => node.metadata?.name === name)?.spec?.podCIDRs ?? [];
	const bridges = new Set(links.value.items.filter(({kind}) => kind === 'bridge').map(link => link.name));
	return addresses.value.items.find(({device, address}) => bridges.has(device) && cidrs.some(cidr => cidrHolds(cidr, address)))?.device;
};

/** What kube-proxy has set when it started and somebody has changed since. */
const changed = ({name, state}: WalkedNode, values: ReadonlyMap<string, string>): readonly Finding[] =>
	Object.entries(state.ok ? PROXY_MODES[state.value.mode].settings(state.value.proxy) : {})
		.filter(([key, value]) => key !== FORWARDING.ipv4 && values.has(key) && values.get(key) !== value)
		.map(([key, value]) => broken(`${key} is ${values.get(key)} on ${name}, not ${value} as kube-proxy sets it`));

/** Node ports on loopback addresses: what comes from there is translated and leaves the node, which the kernel must let it. */
const unrouted = ({name, state}: WalkedNode, values: ReadonlyMap<string, string>): readonly Finding[] =>
	state.ok && values.get(LOCALNET) === '0' && takesNodePorts(state.value, nodeView(state.value, name, 'ipv4'), '127.0.0.1')
		? [broken(`${LOCALNET} is 0 on ${name}: node ports on 127.0.0.1 lead nowhere`)]
		: [];

/**
 * Where a node routes by more tables than main, answers may leave by another interface than what they answer came in by: a strict rp_filter
 * there drops the first packet already (pods of further network cards of EKS). Which sender takes which table, routes do not tell.
 */
const strictly = ({name, facts: {routes, addresses}}: WalkedNode, values: ReadonlyMap<string, string>): readonly Finding[] => {
	const own = new Set(addresses.ok ? addresses.value.items.map(({address}) => address) : []);
	const defaults = (routes.ok ? routes.value.items : []).filter(
		({destination, type, gateway = ''}) => destination === 'default' && type === 'unicast' && !own.has(gateway),
	);
	const [main] = defaults.filter(({table}) => table === 'main');
	const [other] = defaults.filter(({table, device}) => table !== 'main' && device !== main?.device && device !== 'lo');
	const device = main?.device;
	if (device === undefined || other?.device === undefined) return [];
	const [all, set] = [RP_FILTER('all'), RP_FILTER(device)].map(key => values.get(key));
	return set !== undefined && isStrict(values, device)
		? [
				unknown(
					`${RP_FILTER(device)} is ${set} on ${name}${all === undefined ? '' : ` (all: ${all})`}, which has a default route by ` +
						`${other.device} in table ${other.table} too: what comes in by ${device} and is answered from there is dropped`,
				),
			]
		: [];
};

/** Those of interfaces beside the others. */
const settingsOf = ({facts: {sysctls, interfaceSettings}}: WalkedNode): ReadonlyMap<string, string> =>
	new Map([...(interfaceSettings.ok ? interfaceSettings.value.values : []), ...(sysctls.ok ? sysctls.value.values : [])]);

const judge = (node: WalkedNode, facts: SettingFacts): readonly Finding[] => {
	const {family} = facts;
	const {sysctls} = node.facts;
	if (!sysctls.ok) return [unknown(`${node.name}: ${sysctls.source}: ${sysctls.why}`)];
	const values = settingsOf(node);
	const bridge = podBridge(node);
	return [
		...changed(node, values),
		...(family === 'ipv4'
			? [...unrouted(node, values), ...unforwarded(node, values, facts), ...astray(node, values, facts), ...strictly(node, values)]
			: []),
		...notUnderstood(`${node.name}: ${sysctls.source}`, sysctls.value),
		...(values.get(FORWARDING[family]) === '0'
			? [broken(`${FORWARDING[family]} is 0 on ${node.name}: it forwards nothing to or from its pods`)]
			: []),
		// Without it, what one pod answers another over the same bridge never meets the rules that would turn its addresses back.
		...(bridge !== undefined && values.get(BRIDGED[family]) === '0'
			? [
					broken(
						`${BRIDGED[family]} is 0 on ${node.name}, whose pods are on the bridge ${bridge}: pods there do not ` +
							'reach each other by a Service',
					),
				]
			: []),
	];
};

const told = ({name, facts: {sysctls}}: WalkedNode, family: ChainFacts['family']): readonly string[] =>
	sysctls.ok
		? [
				`${name}: ` +
					[FORWARDING[family], BRIDGED[family], 'net.ipv4.conf.all.rp_filter']
						.map(key => `${key} = ${sysctls.value.values.get(key) ?? 'not there'}`)
						.join(', '),
			]
		: [];

/**
 * Forwarding, of the node and of the interfaces that packets come in by, and bridge-nf-call where the CNI has a bridge. A strict rp_filter
 * harms only where packets come in by another interface than the way back to their sender: where the routes say so it is to blame, and
 * suspected where there are tables by which that may be.
 */
export const sysctlsHop = (facts: SettingFacts): Hop =>
	hopOf(
		HOP,
		facts.nodes.flatMap(node => judge(node, facts)),
		facts.nodes.flatMap(node => told(node, facts.family)),
	);
