import {cidrHolds} from '../../model/address.ts';
import {broken, hopOf, unknown, type Finding, type Hop} from '../chain.ts';
import type {ChainFacts, WalkedNode} from '../facts.ts';

const HOP = {name: 'the kernel\'s settings let packets through', layer: 'sysctl'} as const;
const FORWARDING = {ipv4: 'net.ipv4.ip_forward', ipv6: 'net.ipv6.conf.all.forwarding'} as const;
const BRIDGED = {ipv4: 'net.bridge.bridge-nf-call-iptables', ipv6: 'net.bridge.bridge-nf-call-ip6tables'} as const;

/** A bridge with an address of the node's pod network: the CNI's. */
const podBridge = ({facts: {links, addresses}, state, name}: WalkedNode): string | undefined => {
	if (!links.ok || !addresses.ok || !state.ok) return undefined;
	const cidrs = state.value.nodes.find(node => node.metadata?.name === name)?.spec?.podCIDRs ?? [];
	const bridges = new Set(links.value.items.filter(({kind}) => kind === 'bridge').map(link => link.name));
	return addresses.value.items.find(({device, address}) => bridges.has(device) && cidrs.some(cidr => cidrHolds(cidr, address)))?.device;
};

const judge = (node: WalkedNode, family: ChainFacts['family']): readonly Finding[] => {
	const {sysctls} = node.facts;
	if (!sysctls.ok) return [unknown(`${node.name}: ${sysctls.source}: ${sysctls.why}`)];
	const {values} = sysctls.value;
	const bridge = podBridge(node);
	return [
		...(values.get(FORWARDING[family]) === '0' ? [broken(`${FORWARDING[family]} is 0 on ${node.name}: it forwards nothing to or from its pods`)] : []),
		// Without it, what one pod answers another over the same bridge never meets the rules that would turn its addresses back.
		...(bridge !== undefined && values.get(BRIDGED[family]) === '0' ? [broken(`${BRIDGED[family]} is 0 on ${node.name}, whose pods are on the bridge ${bridge}: pods there do not reach each other by a Service`)] : []),
	];
};

const told = ({name, facts: {sysctls}}: WalkedNode, family: ChainFacts['family']): readonly string[] => (sysctls.ok
	? [`${name}: ${[FORWARDING[family], BRIDGED[family], 'net.ipv4.conf.all.rp_filter'].map(key => `${key} = ${sysctls.value.values.get(key) ?? 'not there'}`).join(', ')}`] : []);

/** Forwarding, and bridge-nf-call where the CNI has a bridge. A strict rp_filter is told and not judged: it harms only where packets come in by another interface than they go out. */
export const sysctlsHop = ({nodes, family}: Pick<ChainFacts, 'nodes' | 'family'>): Hop => hopOf(HOP, nodes.flatMap(node => judge(node, family)), nodes.flatMap(node => told(node, family)));
