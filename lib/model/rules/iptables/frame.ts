import type {Container, Part, Role} from '../graph.ts';
import type {IpFamily} from '../../../target.ts';
import {container, part} from '../part.ts';
import {from, jump, nfacct, to} from './words.ts';

/** What the parts that are the same for all Services depend on. */
export type FrameFacts = {readonly family: IpFamily; readonly masqueradeBit: number; readonly tcpBeLiberal: boolean; readonly nfacct: boolean};

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
	['filter KUBE-SERVICES', 'dispatch'], ['filter KUBE-EXTERNAL-SERVICES', 'dispatch'], ['filter KUBE-NODEPORTS', 'health'], ['filter KUBE-PROXY-FIREWALL', 'firewall'],
	['nat KUBE-SERVICES', 'dispatch'], ['nat KUBE-NODEPORTS', 'dispatch'],
];

const chain = (where: string, role: Role, parts: readonly Part[], ordered: boolean): Container => container({where, kind: 'chain', ordered, role, parts});
const rule = (role: Role, ...pieces: readonly string[]): Part => part(pieces, {role});

const forward = ({tcpBeLiberal, nfacct: counts}: FrameFacts, mark: string): readonly Part[] => [
	...(tcpBeLiberal ? [] : [rule('frame', '-m conntrack --ctstate INVALID', counts ? nfacct('ct_state_invalid_dropped_pkts') : '', jump('DROP'))]),
	rule('frame', `-m mark --mark ${mark}/${mark}`, jump('ACCEPT')),
	rule('frame', '-m conntrack --ctstate RELATED,ESTABLISHED', jump('ACCEPT')),
];

/** All that iptables mode programs whatever the Services, but for the dispatch to NodePorts. */
export const iptablesFrame = (facts: FrameFacts): readonly Container[] => {
	const mark = `0x${(2 ** facts.masqueradeBit).toString(16)}`;
	return [
		...JUMPS.map(([table, source, target, matches]) => chain(`${table} ${source}`, 'frame', [rule('frame', matches, jump(target))], false)),
		...SHARED.map(([where, role]) => chain(where, role, [], false)),
		...['mangle', 'nat', 'filter'].map(table => chain(`${table} KUBE-PROXY-CANARY`, 'frame', [], true)),
		chain('filter KUBE-FORWARD', 'frame', forward(facts, mark), true),
		// Against packets from outside to 127/8, which route_localnet would let in (kubernetes#90259).
		chain('filter KUBE-FIREWALL', 'firewall', facts.family === 'ipv6' ? [] : [
			rule('firewall', `! ${from('127.0.0.0/8')}`, to('127.0.0.0/8'), '-m conntrack ! --ctstate RELATED,ESTABLISHED,DNAT', jump('DROP')),
		], true),
		chain('nat KUBE-POSTROUTING', 'masquerade', [
			rule('masquerade', `-m mark ! --mark ${mark}/${mark}`, jump('RETURN')),
			rule('masquerade', jump(`MARK --set-xmark ${mark}/0x0`)),
			rule('masquerade', jump('MASQUERADE --random-fully')),
		], true),
		chain('nat KUBE-MARK-MASQ', 'masquerade', [rule('masquerade', jump(`MARK --set-xmark ${mark}/${mark}`))], true),
	];
};
