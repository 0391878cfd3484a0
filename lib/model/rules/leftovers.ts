import type {IpsetDump} from '../../gather/parse/ipset-save.ts';
import type {IptablesDump} from '../../gather/parse/iptables-save.ts';
import type {IpvsDump} from '../../gather/parse/ipvsadm-save.ts';
import type {NftRuleset} from '../../gather/parse/nft-types.ts';
import type {Mode} from '../../target.ts';
import {DUMMY} from './ipvs/addresses.ts';
import {setKey} from './ipvs/sets.ts';
import {CHAIN_NAMES} from './chain-names.ts';

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
const CHAINS: readonly {readonly modes: readonly (Mode | 'userspace')[]; readonly names?: readonly string[]; readonly pattern?: RegExp}[] = [
	{modes: ['iptables', 'ipvs'], names: CHAIN_NAMES.both},
	// KUBE-XLB- up to 1.23; KUBE-MARK-DROP, which kubelet made, up to 1.27.
	{modes: ['iptables'], names: CHAIN_NAMES.iptables, pattern: /^KUBE-(SVC|SVL|EXT|FW|SEP|XLB)-.+$/},
	{modes: ['ipvs'], names: CHAIN_NAMES.ipvs},
	// Removed from kube-proxy in 1.26 (pkg/proxy/userspace/proxier.go of 1.25).
	{modes: ['userspace'], pattern: /^KUBE-(PORTALS|NODEPORT)-(CONTAINER|HOST|NON-LOCAL)$/},
];

const chainsOf = (mode: Mode, dumps: readonly IptablesDump[]): readonly string[] => dumps.flatMap(({family, tables}) => [...tables.values()].flatMap(({name: table, chains}) => [...chains.keys()].flatMap(chain => {
	const of = CHAINS.find(({names = [], pattern}) => names.includes(chain) || pattern?.test(chain));
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
		...[...ipset.sets.keys()].filter(name => setKey(name, 'ipv4') ?? setKey(name, 'ipv6')).map(name => `ipset ${name} (mode ipvs)`),
		...ipvs.services.map(({address}) => `virtual server ${address} (mode ipvs)`),
		...links.filter(name => name === DUMMY).map(name => `interface ${name} (mode ipvs)`),
	]),
];
