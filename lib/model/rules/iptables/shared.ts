import type {Container, Part, Role} from '../graph.ts';
import {container, part} from '../part.ts';
import {from, jump, to} from './words.ts';

/** What the modes iptables and ipvs program alike, and what kubelet holds beside them. */

export const rule = (role: Role, ...pieces: readonly string[]): Part => part(pieces, {role});
export const chain = (where: string, role: Role, parts: readonly Part[], ordered = true): Container =>
	container({where, kind: 'chain', ordered, role, parts});

/** Of masqueradeBit, as iptables-save prints it. */
export const markOf = (bit: number): string => `0x${(2 ** bit).toString(16)}`;

/** The end of KUBE-FORWARD: what was marked, and what follows it. */
export const forwardAccepts = (mark: string): readonly Part[] => [
	rule('frame', `-m mark --mark ${mark}/${mark}`, jump('ACCEPT')),
	rule('frame', '-m conntrack --ctstate RELATED,ESTABLISHED', jump('ACCEPT')),
];

/** The end of KUBE-POSTROUTING: what was marked is masqueraded, once. */
export const masqueradeMarked = (mark: string, randomFully: boolean): readonly Part[] => [
	rule('masquerade', `-m mark ! --mark ${mark}/${mark}`, jump('RETURN')),
	rule('masquerade', jump(`MARK --set-xmark ${mark}/0x0`)),
	rule('masquerade', jump(randomFully ? 'MASQUERADE --random-fully' : 'MASQUERADE')),
];

export const markMasq = (mark: string): Container =>
	chain('nat KUBE-MARK-MASQ', 'masquerade', [rule('masquerade', jump(`MARK --set-xmark ${mark}/${mark}`))]);

/** Against packets from outside to 127/8, which route_localnet would let in (kubernetes#90259); of IPv4 alone. */
export const noMartians = (): Part =>
	rule('firewall', `! ${from('127.0.0.0/8')}`, to('127.0.0.0/8'), '-m conntrack ! --ctstate RELATED,ESTABLISHED,DNAT', jump('DROP'));

/** A jump from a built-in chain. */
export const jumpFrom = (table: string, source: string, target: string, matches = ''): Container =>
	chain(`${table} ${source}`, 'frame', [rule('frame', matches, jump(target))], false);
