import type {Role} from '../graph.ts';
import {CHAINS} from './names.ts';

const BY_CHAIN: ReadonlyArray<readonly [chain: RegExp, role: Role]> = [
	[/^nat KUBE-(?:SERVICES|NODEPORTS|NODE-PORT|LOAD-BALANCER)$|^filter KUBE-(?:EXTERNAL-)?SERVICES$|^nat KUBE-EXT-/, 'dispatch'],
	[/^nat KUBE-(?:SVC|SVL|SEP|XLB)-/, 'endpoint'],
	[/^filter KUBE-(?:(?:PROXY-|SOURCE-RANGES-)?FIREWALL|IPVS-(?:OUT-)?FILTER)$|^nat KUBE-FW-/, 'firewall'],
	[/^filter KUBE-(?:NODEPORTS|NODE-PORT)$/, 'health'],
	[/^nat KUBE-(?:MARK-MASQ|POSTROUTING)$/, 'masquerade'],
];

/** What a chain is there for, by table and name. */
export const roleOfChain = (where: string): Role => BY_CHAIN.find(([chain]) => chain.test(where))?.[1] ?? 'frame';

/** What a rule is there for, in whatever chain it is found. */
export const roleOfRule = (where: string, pieces: readonly string[]): Role => {
	const target = pieces.at(-1)?.replace(/^-j /, '') ?? '';
	if (target === 'KUBE-MARK-MASQ' && roleOfChain(where) !== 'frame') return 'masquerade';
	if (pieces.some(piece => piece.startsWith('-m recent --rcheck'))) return 'affinity';
	if (target.startsWith(CHAINS.endpoint) || target.startsWith('DNAT')) return 'endpoint';
	return roleOfChain(where);
};
