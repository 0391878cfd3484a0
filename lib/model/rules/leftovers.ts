import type {IptablesDump} from '../../facts/parse/iptables-save.ts';
import type {Mode} from '../../target.ts';
import type {Traces} from '../modes/mode.ts';
import {PROXY_MODES} from '../modes/modes.ts';
import {CHAIN_NAMES} from './chain-names.ts';

/** What tells of kube-proxy's other modes on a node. */
export type Dumps = Traces & {readonly iptables: readonly IptablesDump[]};

/**
 * Chains by the mode whose kube-proxy makes them. Not among them: KUBE-FIREWALL, KUBE-KUBELET-CANARY, KUBE-IPTABLES-HINT, which are
 * kubelet's.
 */
const CHAINS: readonly {
	readonly modes: readonly (Mode | 'userspace')[];
	readonly names?: readonly string[];
	readonly pattern?: RegExp;
}[] = [
	{modes: ['iptables', 'ipvs'], names: CHAIN_NAMES.both},
	// KUBE-XLB- up to 1.23; KUBE-MARK-DROP, which kubelet made, up to 1.27.
	{modes: ['iptables'], names: CHAIN_NAMES.iptables, pattern: /^KUBE-(SVC|SVL|EXT|FW|SEP|XLB)-.+$/},
	{modes: ['ipvs'], names: CHAIN_NAMES.ipvs},
	// Removed from kube-proxy in 1.26 (pkg/proxy/userspace/proxier.go of 1.25).
	{modes: ['userspace'], pattern: /^KUBE-(PORTALS|NODEPORT)-(CONTAINER|HOST|NON-LOCAL)$/},
];

const chainsOf = (mode: Mode, dumps: readonly IptablesDump[]): readonly string[] =>
	dumps.flatMap(({family, tables}) =>
		[...tables.values()].flatMap(({name: table, chains}) =>
			[...chains.keys()].flatMap(chain => {
				const of = CHAINS.find(({names = [], pattern}) => names.includes(chain) || pattern?.test(chain));
				return of && !of.modes.includes(mode)
					? [`${family === 'ipv6' ? 'ip6tables' : 'iptables'} ${table} ${chain} (mode ${of.modes.join(' or ')})`]
					: [];
			}),
		),
	);

/**
 * What kube-proxy of another mode has left on a node, by name, with the mode that it is of. kube-proxy takes its predecessor's rules away
 * when it starts, but not all of them (iptables, ipvs: pkg/proxy/{iptables,ipvs}/cleanup.go), and nothing does it when it never starts
 * again.
 */
export const leftovers = (mode: Mode, {iptables, ...traces}: Dumps): readonly string[] => [
	...chainsOf(mode, iptables),
	...Object.entries(PROXY_MODES).flatMap(([name, other]) => (name === mode ? [] : other.traces(traces))),
];
