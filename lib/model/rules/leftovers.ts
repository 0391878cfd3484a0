import type {IpsetDump} from '../../gather/parse/ipset-save.ts';
import type {IptablesDump} from '../../gather/parse/iptables-save.ts';
import type {IpvsDump} from '../../gather/parse/ipvsadm-save.ts';
import type {NftRuleset} from '../../gather/parse/nft-types.ts';
import type {Mode} from '../../target.ts';

/** What tells of kube-proxy's other modes on a node; undefined: it could not be looked at. */
export type Traces = {
	readonly iptables: readonly IptablesDump[];
	readonly nft: NftRuleset;
	readonly ipset: IpsetDump;
	readonly ipvs: IpvsDump;
	/** Names of the node's interfaces. */
	readonly links: readonly string[];
};

/** Chains by the mode whose kube-proxy makes them. Not among them: KUBE-FIREWALL, KUBE-KUBELET-CANARY, KUBE-IPTABLES-HINT, which are kubelet's. */
const CHAINS: readonly {readonly modes: readonly (Mode | 'userspace')[]; readonly name: RegExp}[] = [
	{modes: ['iptables', 'ipvs'], name: /^KUBE-(SERVICES|POSTROUTING|MARK-MASQ|FORWARD|PROXY-FIREWALL|PROXY-CANARY)$/},
	// KUBE-XLB- up to 1.23; KUBE-MARK-DROP, which kubelet made, up to 1.27.
	{modes: ['iptables'], name: /^KUBE-(NODEPORTS|EXTERNAL-SERVICES|(SVC|SVL|EXT|FW|SEP|XLB)-.+)$/},
	{modes: ['ipvs'], name: /^KUBE-(NODE-PORT|LOAD-BALANCER|SOURCE-RANGES-FIREWALL|IPVS-FILTER|IPVS-OUT-FILTER)$/},
	// Removed from kube-proxy in 1.26 (pkg/proxy/userspace/proxier.go of 1.25).
	{modes: ['userspace'], name: /^KUBE-(PORTALS|NODEPORT)-(CONTAINER|HOST|NON-LOCAL)$/},
];

const chainsOf = (mode: Mode, dumps: readonly IptablesDump[]): readonly string[] => dumps.flatMap(({family, tables}) => [...tables.values()].flatMap(({name: table, chains}) => [...chains.keys()].flatMap(chain => {
	const of = CHAINS.find(({name}) => name.test(chain));
	return of && !of.modes.includes(mode) ? [`${family === 'ipv6' ? 'ip6tables' : 'iptables'} ${table} ${chain} (mode ${of.modes.join(' or ')})`] : [];
})));

/**
 * What kube-proxy of another mode has left on a node, by name, with the mode that it is of. kube-proxy takes its predecessor's rules away
 * when it starts, but not all of them (iptables, ipvs: pkg/proxy/{iptables,ipvs}/cleanup.go), and nothing does it when it never starts again.
 */
export const leftovers = (mode: Mode, {iptables, nft, ipset, ipvs, links}: Traces): readonly string[] => [
	...chainsOf(mode, iptables),
	...(mode === 'nftables' ? [] : [...nft.tables.values()].filter(({name}) => name === 'kube-proxy').map(({family}) => `nft table ${family} kube-proxy (mode nftables)`)),
	...(mode === 'ipvs' ? [] : [
		...[...ipset.sets.keys()].filter(name => name.startsWith('KUBE-')).map(name => `ipset ${name} (mode ipvs)`),
		...ipvs.services.map(({address}) => `virtual server ${address} (mode ipvs)`),
		...links.filter(name => name === 'kube-ipvs0').map(name => `interface ${name} (mode ipvs)`),
	]),
];
