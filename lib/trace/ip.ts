import {canonicalIp, familyOf, numberOf} from '../model/address.ts';
import type {IpFamily} from '../target.ts';

export type Ip = {
	readonly text: string;
	readonly value: bigint;
	readonly family: IpFamily;
};
export type IpRange = {
	readonly family: IpFamily;
	readonly first: bigint;
	readonly last: bigint;
};

/** Reads an address in any spelling; undefined: it is none. */
export const ipOf = (text: string): Ip | undefined => {
	const ip = canonicalIp(text);
	return ip === undefined ? undefined : {text: ip, value: numberOf(ip), family: familyOf(ip)};
};

const lengthOf = (length: string, family: IpFamily): number | undefined => {
	const width = family === 'ipv4' ? 32 : 128;
	if (/^\d{1,3}$/.test(length)) return Number(length) <= width ? Number(length) : undefined;
	const bits = ipOf(length)?.value.toString(2).padStart(width, '0');
	// A mask that is no prefix cannot be held as a range.
	return bits?.length === width && /^1*0*$/.test(bits) ? bits.replaceAll('0', '').length : undefined;
};

/** Reads `address`, `address/length`, `address/mask` or `first-last`; undefined: none of these. */
export const rangeOf = (text: string): IpRange | undefined => {
	const [start = '', end] = text.split('-');
	const [address = '', length] = start.split('/');
	const from = ipOf(address);
	if (!from) return undefined;
	const {family} = from;
	if (end !== undefined) {
		const to = length === undefined ? ipOf(end) : undefined;
		return to?.family === family ? {family, first: from.value, last: to.value} : undefined;
	}

	const width = family === 'ipv4' ? 32 : 128;
	const prefix = length === undefined ? width : lengthOf(length, family);
	if (prefix === undefined) return undefined;
	const host = BigInt(width - prefix);
	const first = (from.value >> host) << host;
	return {family, first, last: first + (1n << host) - 1n};
};

export const holds = ({family, first, last}: IpRange, ip: Ip): boolean => family === ip.family && first <= ip.value && ip.value <= last;

/** A number as an address, in canonical spelling. */
export const textOf = (value: bigint, family: IpFamily): string => {
	const hex = value.toString(16).padStart(family === 'ipv4' ? 8 : 32, '0');
	const text =
		family === 'ipv4'
			? hex.replaceAll(/../g, byte => `${Number.parseInt(byte, 16)}.`).slice(0, -1)
			: hex.replaceAll(/(.{4})(?!$)/g, '$1:');
	return canonicalIp(text) ?? text;
};
