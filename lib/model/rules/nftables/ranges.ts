import {canonicalIp, familyOf} from '../../address.ts';

type Range = {readonly first: bigint; readonly last: bigint};

const WIDTHS = {ipv4: 32n, ipv6: 128n} as const;

const valueOf = (ip: string): bigint => {
	if (familyOf(ip) === 'ipv4') return ip.split('.').reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
	const [head = [], tail] = ip.split('::').map(half => (half === '' ? [] : half.split(':')));
	const groups = tail === undefined ? head : [...head, ...Array.from({length: 8 - head.length - tail.length}, () => '0'), ...tail];
	return groups.reduce((sum, group) => (sum << 16n) | BigInt(`0x${group}`), 0n);
};

const ipOf = (value: bigint, width: bigint): string => {
	if (width === 32n) return [24n, 16n, 8n, 0n].map(shift => (value >> shift) & 0xffn).join('.');
	return (
		canonicalIp(
			value
				.toString(16)
				.padStart(32, '0')
				.replaceAll(/(.{4})(?!$)/g, '$1:'),
		) ?? ''
	);
};

/** `address`, `address/length` or `first-last`; undefined: none of them. */
const rangeOf = (text: string): Range | undefined => {
	const [start = '', end] = text.split('-');
	const [address = '', length] = start.split('/');
	const [from, to] = [canonicalIp(address), end === undefined ? undefined : canonicalIp(end)];
	if (from === undefined || (end !== undefined && to === undefined) || (length !== undefined && !/^\d{1,3}$/.test(length)))
		return undefined;
	const host = length === undefined ? 0n : WIDTHS[familyOf(from)] - BigInt(length);
	if (host < 0n) return undefined;
	const first = (valueOf(from) >> host) << host;
	return {first, last: to === undefined ? first + (1n << host) - 1n : valueOf(to)};
};

const textOf = ({first, last}: Range, width: bigint): string => {
	const size = last - first + 1n;
	if (size === 1n) return ipOf(first, width);
	const isPrefix = (size & (size - 1n)) === 0n && first % size === 0n;
	return isPrefix ? `${ipOf(first, width)}/${width - BigInt(size.toString(2).length - 1)}` : `${ipOf(first, width)}-${ipOf(last, width)}`;
};

/**
 * Addresses, networks and ranges of one family as nft keeps them in a set of its own: in order, those that touch or overlap as one.
 * One that is nothing of these stays as it is, at the end.
 */
export const merged = (texts: readonly string[]): readonly string[] => {
	const read = texts.map(text => ({text, range: rangeOf(text)}));
	const ranges = read.flatMap(({range}) => range ?? []).sort((a, b) => (a.first < b.first ? -1 : 1));
	const width = texts.some(text => text.includes(':')) ? WIDTHS.ipv6 : WIDTHS.ipv4;
	const whole: Range[] = [];
	for (const range of ranges) {
		const before = whole.at(-1);
		if (before && range.first <= before.last + 1n)
			whole[whole.length - 1] = {first: before.first, last: range.last > before.last ? range.last : before.last};
		else whole.push(range);
	}

	return [...whole.map(range => textOf(range, width)), ...read.flatMap(({text, range}) => (range ? [] : [text]))];
};
