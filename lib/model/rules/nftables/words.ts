import {hostPort} from '../../address.ts';
import {has} from '../../minors.ts';
import type {IpFamily} from '../../../target.ts';
import type {Endpoint} from '../../state.ts';
import type {LocalTraffic} from '../local-traffic.ts';
import {merged} from './ranges.ts';

/** nft's own words, as `nft list` prints them; where it has several ways, one. */
export type NftWords = {
	readonly source: string;
	readonly destination: string;
	readonly addressType: string;
	/** The key of the maps of addresses. */
	readonly target: string;
	readonly isNodePortOf: (map: string) => string;
};

export const wordsOf = (family: IpFamily): NftWords => {
	const ip = family === 'ipv4' ? 'ip' : 'ip6';
	return {
		source: `${ip} saddr`,
		destination: `${ip} daddr`,
		addressType: family === 'ipv4' ? 'ipv4_addr' : 'ipv6_addr',
		target: `${ip} daddr . meta l4proto . th dport`,
		isNodePortOf: map => `meta l4proto . th dport vmap @${map}`,
	};
};

/** One address or network as itself, several as a set. */
export const anyOf = (texts: readonly string[]): string => {
	const all = merged(texts);
	return all.length === 1 ? (all[0] ?? '') : `{ ${all.join(', ')} }`;
};

export const hex = (value: number): string => `0x${value.toString(16)}`;
export const markFor = (bit: number): string => `meta mark set meta mark | ${hex(2 ** bit)}`;
export const MARK_CHAIN = 'mark-for-masquerade';
/** How a rule has a packet masqueraded. */
export const masqueradeBy = (bit: number, minor: number): string => (has('nftMarkChain', minor) ? `jump ${MARK_CHAIN}` : markFor(bit));

export const local = ({source}: NftWords, traffic: LocalTraffic, negate = false): string => {
	const not = negate ? '!= ' : '';
	return 'cidr' in traffic ? `${source} ${not}${traffic.cidr}` : `iifname ${not}"${traffic.interface}"`;
};

/**
 * For each rule that masquerades traffic to cluster addresses, what else it matches: traffic that is not of the node's pods, or with
 * masqueradeAll nothing more.
 */
export const fromElsewhere = (
	words: NftWords,
	{masqueradeAll, localTraffic}: {readonly masqueradeAll: boolean; readonly localTraffic: LocalTraffic | undefined},
): readonly string[] => (masqueradeAll ? [''] : localTraffic ? [local(words, localTraffic, true)] : []);

/**
 * What `numgen random mod n` chooses from. Which number stands for which is of no account as long as each of 0 … n-1 stands for one, so
 * then the numbers are left out.
 */
export const choices = (by: ReadonlyArray<readonly [number: number, choice: string]>, of: number): string => {
	const numbers = new Set(by.map(([number]) => number));
	const isFull = numbers.size === of && by.length === of && [...numbers].every(number => number >= 0 && number < of);
	const texts = isFull ? by.map(([, choice]) => choice).toSorted() : by.map(([number, choice]) => `${number} : ${choice}`);
	return `{ ${texts.join(', ')} }`;
};

export const random = (of: number): string => `numgen random mod ${of}`;
const TO = 'dnat to ';
export const dnat = ({ip, port}: Endpoint): string => `${TO}${hostPort(ip, port)}`;

/**
 * Where a rule sends packets, `ip:port` each: `dnat to 10.244.1.3:8080`, `dnat to numgen random mod 2 map { 10.244.1.3 . 8080, 10.244.1.4 .
 * 8080 }`; nowhere: another statement.
 */
export const targetsOf = (statement: string): readonly string[] => {
	if (!statement.startsWith(TO)) return [];
	const [, drawn] = / map \{ (.*) \}$/.exec(statement) ?? [];
	return drawn === undefined
		? [statement.slice(TO.length)]
		: [...drawn.matchAll(/(\S+) \. (\d+)(?:,|$)/g)].map(([, ip = '', port]) => hostPort(ip, Number(port)));
};
