import {protocolName} from '../../model/rules/nftables/expression.ts';
import type {NftExpression, NftVerdict} from '../../facts/parse/nft-types.ts';
import {ipOf, type Ip} from '../ip.ts';

/** One thing, in one spelling: equal things have equal text. */
export type Scalar = {
	readonly kind: 'scalar';
	readonly text: string;
	readonly ip?: Ip;
	readonly number?: bigint;
};

/** What an expression comes to for one packet. */
export type Value =
	| Scalar
	| {readonly kind: 'tuple'; readonly parts: readonly Scalar[]}
	/** Several at once: states of a connection, flags. */
	| {readonly kind: 'bits'; readonly words: readonly string[]}
	| {readonly kind: 'verdict'; readonly verdict: NftVerdict}
	/** The packet has no such thing: its rule ends here, and the next one follows. */
	| {readonly kind: 'none'}
	| {readonly kind: 'unclear'; readonly why: string};

/** A value with its share of all packets. */
export type Weighted = {readonly share: number; readonly value: Value};

/** No route: `fib … missing`, and 0 of the time before that word. */
export const MISSING: Value = {kind: 'scalar', text: '0', number: 0n};
export const NONE: Value = {kind: 'none'};
export const unclear = (why: string): Value => ({kind: 'unclear', why});
export const sure = (value: Value): readonly Weighted[] => [{share: 1, value}];

export const ofIp = (ip: Ip): Scalar => ({kind: 'scalar', text: ip.text, ip, number: ip.value});
export const ofNumber = (number: number): Scalar => ({kind: 'scalar', text: String(number), number: BigInt(number)});
export const ofWord = (text: string): Scalar => ({kind: 'scalar', text});

/** What stands in a rule or a set. Protocols are named where the other side is one: 6 may be a port too. */
export const ofConstant = (constant: string | number | boolean, isProtocol: boolean): Scalar => {
	const text = isProtocol ? protocolName(String(constant)) : String(constant);
	if (typeof constant === 'number' && Number.isSafeInteger(constant)) return {...ofNumber(constant), text};
	const ip = ipOf(text);
	return ip ? ofIp(ip) : ofWord(text);
};

/** The text that a value is found by in a map; undefined: it cannot be. */
export const keyOf = (value: Value): string | undefined =>
	value.kind === 'scalar' ? value.text : value.kind === 'tuple' ? value.parts.map(({text}) => text).join(' . ') : undefined;

const isProtocolPart = (expression: NftExpression): boolean =>
	(expression.kind === 'meta' && expression.key === 'l4proto') ||
	(expression.kind === 'payload' && (expression.field === 'protocol' || expression.field === 'nexthdr'));

/** Which parts of a key are protocols. */
export const protocolsIn = (key: NftExpression): readonly boolean[] =>
	key.kind === 'concat' ? key.parts.map(isProtocolPart) : [isProtocolPart(key)];
