import type {Container, Part, Role} from '../graph.ts';
import type {IpFamily} from '../../../target.ts';
import {chain, forwardAccepts, jumpFrom, markMasq, markOf, masqueradeMarked, noMartians, rule} from './shared.ts';
import {jump, nfacct} from './words.ts';

/** What the parts that are the same for all Services depend on. */
export type FrameFacts = {
	readonly family: IpFamily;
	readonly masqueradeBit: number;
	readonly tcpBeLiberal: boolean;
	readonly nfacct: boolean;
	readonly randomFully: boolean;
};

const NEW = '-m conntrack --ctstate NEW';

/** Jumps from the built-in chains (iptablesJumpChains of pkg/proxy/iptables/proxier.go; KUBE-FIREWALL is kubelet's as well). */
const JUMPS: ReadonlyArray<readonly [table: string, source: string, target: string, matches: string]> = [
	...['INPUT', 'FORWARD'].map(chain => ['filter', chain, 'KUBE-EXTERNAL-SERVICES', NEW] as const),
	['filter', 'INPUT', 'KUBE-NODEPORTS', ''],
	...['FORWARD', 'OUTPUT'].map(chain => ['filter', chain, 'KUBE-SERVICES', NEW] as const),
	['filter', 'FORWARD', 'KUBE-FORWARD', ''],
	...['INPUT', 'OUTPUT', 'FORWARD'].map(chain => ['filter', chain, 'KUBE-PROXY-FIREWALL', NEW] as const),
	...['INPUT', 'OUTPUT'].map(chain => ['filter', chain, 'KUBE-FIREWALL', ''] as const),
	...['OUTPUT', 'PREROUTING'].map(chain => ['nat', chain, 'KUBE-SERVICES', ''] as const),
	['nat', 'POSTROUTING', 'KUBE-POSTROUTING', ''],
];

/** Chains that hold something for every Service; roles of what they hold. Their rules exclude each other, so they have no order. */
const SHARED: ReadonlyArray<readonly [where: string, role: Role]> = [
	['filter KUBE-SERVICES', 'dispatch'],
	['filter KUBE-EXTERNAL-SERVICES', 'dispatch'],
	['filter KUBE-NODEPORTS', 'health'],
	['filter KUBE-PROXY-FIREWALL', 'firewall'],
	['nat KUBE-SERVICES', 'dispatch'],
	['nat KUBE-NODEPORTS', 'dispatch'],
];

const forward = ({tcpBeLiberal, nfacct: counts}: FrameFacts, mark: string): readonly Part[] => [
	...(tcpBeLiberal
		? []
		: [rule('frame', '-m conntrack --ctstate INVALID', counts ? nfacct('ct_state_invalid_dropped_pkts') : '', jump('DROP'))]),
	...forwardAccepts(mark),
];

/** All that iptables mode programs whatever the Services, but for the dispatch to NodePorts. */
export const iptablesFrame = (facts: FrameFacts): readonly Container[] => {
	const mark = markOf(facts.masqueradeBit);
	return [
		...JUMPS.map(([table, source, target, matches]) => jumpFrom(table, source, target, matches)),
		...SHARED.map(([where, role]) => chain(where, role, [], false)),
		...['mangle', 'nat', 'filter'].map(table => chain(`${table} KUBE-PROXY-CANARY`, 'frame', [])),
		chain('filter KUBE-FORWARD', 'frame', forward(facts, mark)),
		chain('filter KUBE-FIREWALL', 'firewall', facts.family === 'ipv6' ? [] : [noMartians()]),
		chain('nat KUBE-POSTROUTING', 'masquerade', masqueradeMarked(mark, facts.randomFully)),
		markMasq(mark),
	];
};
