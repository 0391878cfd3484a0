import {isIPv4, isIPv6} from 'node:net';
import type {IpFamily} from '../target.ts';

const MAPPED = /^::ffff:([\da-f]{1,4}):([\da-f]{1,4})$/;

const quad = (value: bigint): string => [24n, 16n, 8n, 0n].map(shift => (value >> shift) & 0xffn).join('.');

/**
 * An address as Go writes it after net.ParseIPSloppy: leading zeros of IPv4 numbers dropped, IPv6 shortened (RFC 5952), IPv4 within IPv6 as
 * IPv4. Undefined: not an address.
 */
export const canonicalIp = (text: string): string | undefined => {
	const plain = /^\d+(\.\d+){3}$/.test(text) ? text.split('.').map(Number).join('.') : text;
	if (isIPv4(plain)) return plain;
	if (!isIPv6(text) || text.includes('%')) return undefined;
	// The URL standard shortens as RFC 5952 says, and never writes a dotted quad.
	const short = new URL(`http://[${text}]`).hostname.slice(1, -1);
	const mapped = MAPPED.exec(short);
	return mapped ? quad((BigInt(`0x${mapped[1]}`) << 16n) | BigInt(`0x${mapped[2]}`)) : short;
};

/** As ipFamilies of a Service and addressType of a slice name them. */
export const FAMILY_NAMES = {ipv4: 'IPv4', ipv6: 'IPv6'} as const satisfies Record<IpFamily, string>;

/** Family of a canonical address. */
export const familyOf = (ip: string): IpFamily => (ip.includes(':') ? 'ipv6' : 'ipv4');

const widthOf = (ip: string): bigint => (familyOf(ip) === 'ipv4' ? 32n : 128n);

/** A canonical address as a number. */
export const numberOf = (ip: string): bigint => {
	if (familyOf(ip) === 'ipv4') return ip.split('.').reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
	const [head = [], tail] = ip.split('::').map(part => (part === '' ? [] : part.split(':')));
	const groups = tail === undefined ? head : [...head, ...Array.from({length: 8 - head.length - tail.length}, () => '0'), ...tail];
	return groups.reduce((sum, group) => (sum << 16n) | BigInt(`0x${group}`), 0n);
};

const ipOf = (value: bigint, family: IpFamily): string =>
	family === 'ipv4'
		? quad(value)
		: new URL(
				`http://[${value
					.toString(16)
					.padStart(32, '0')
					.replaceAll(/(.{4})(?!$)/g, '$1:')}]`,
			).hostname.slice(1, -1);

type Network = {
	readonly base: bigint;
	readonly length: bigint;
	readonly family: IpFamily;
};

const networkOf = (cidr: string): Network | undefined => {
	const [, address = '', length = ''] = /^([^/]+)\/(\d{1,3})$/.exec(cidr.trim()) ?? [];
	const ip = canonicalIp(address);
	if (ip === undefined || length === '' || BigInt(length) > widthOf(ip)) return undefined;
	const host = widthOf(ip) - BigInt(length);
	return {base: (numberOf(ip) >> host) << host, length: BigInt(length), family: familyOf(ip)};
};

/** A CIDR as Go writes a parsed one: spaces around it gone, bits of the host cleared, address canonical. Undefined: not a CIDR. */
export const canonicalCidr = (text: string): string | undefined => {
	const network = networkOf(text);
	return network && `${ipOf(network.base, network.family)}/${network.length}`;
};

/** Whether a CIDR (in any spelling) holds an address; an unreadable one holds none. */
export const cidrHolds = (cidr: string, address: string): boolean => {
	const network = networkOf(cidr);
	const ip = canonicalIp(address);
	if (!network || ip === undefined || familyOf(ip) !== network.family) return false;
	const host = widthOf(ip) - network.length;
	return numberOf(ip) >> host === network.base >> host;
};

/** Addresses of 127/8 and ::1. */
export const isLoopback = (ip: string): boolean => ip === '::1' || ip.startsWith('127.');

/** IPv6 addresses that hold on one link alone, fe80::/10. */
export const isLinkLocal = (ip: string): boolean => /^fe[89ab][\da-f]:/.test(ip);

/** `ip:port`, IPv6 in brackets, as Go's net.JoinHostPort. */
export const hostPort = (ip: string, port: number): string => `${ip.includes(':') ? `[${ip}]` : ip}:${port}`;
