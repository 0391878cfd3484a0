import {isIP} from 'node:net';
import {Misread, secondsOf, type Cursor} from './tokens.ts';

/** What nft writes as JSON for the same thing (libnftables-json(5)). */
export type Json = string | number | boolean | null | readonly Json[] | {readonly [name: string]: Json};

const META = [
	'iifname oifname iif oif iiftype oiftype iifgroup oifgroup iifkind oifkind mark l4proto nfproto protocol pkttype skuid skgid ' +
		'cgroup cpu length priority',
	'ibrname obrname time day hour rtclassid secpath broute sdif sdifname random',
].flatMap(names => names.split(' '));
const HEADERS = 'ip ip6 tcp udp sctp th udplite dccp icmp icmpv6 igmp ah esp comp ether arp vlan'.split(' ');
/** Words that may follow a header: `meta l4proto tcp dnat to …` names a protocol. */
const FIELDS = [
	'sport dport sequence ackseq doff reserved flags window checksum urgptr length vtag csumcov',
	'version hdrlength dscp ecn id frag-off ttl protocol saddr daddr flowlabel nexthdr hoplimit',
	'type code mtu gateway parameter-problem packet-too-big max-delay taddr group mrt spi cpi htype ptype hlen plen operation pcp dei cfi',
].flatMap(names => names.split(' '));
const FIB_RESULTS = ['type', 'oif', 'oifname', 'check'];
const OPERATORS: Readonly<Record<string, string>> = {and: '&', or: '|', xor: '^', lshift: '<<', rshift: '>>'};
/** The tighter it binds the later it stands. */
const BINDING = ['|', '^', '&', '<<', '>>'];

const numeric = (text: string): number | undefined => (/^(?:0x[\da-f]+|\d+)$/i.test(text) ? Number(text) : undefined);

/** One end of a range, or a value that stands alone. */
const single = (text: string): Json => numeric(text) ?? text;

/** `10.0.0.0/8`, `80-90`, `10.0.0.1-10.0.0.9`, `0x4000`, `tcp`. */
export const constant = (text: string): Json => {
	const [, network, length] = /^([^/]+)\/(\d{1,3})$/.exec(text) ?? [];
	if (network !== undefined && isIP(network) > 0) return {prefix: {addr: network, len: Number(length)}};
	const [, first, last] = /^([^-]+)-([^-]+)$/.exec(text) ?? [];
	const isRange =
		first !== undefined &&
		last !== undefined &&
		(isIP(first) > 0 ? isIP(last) > 0 : numeric(first) !== undefined && numeric(last) !== undefined);
	return isRange ? {range: [single(first), single(last)]} : single(text);
};

const ct = (cursor: Cursor): Json => {
	const dir = ['original', 'reply'].find(each => cursor.skip(each));
	const family = ['ip', 'ip6'].find(each => cursor.skip(each));
	const key = cursor.take().text;
	return {ct: {key: family === undefined ? key : `${family} ${key}`, ...(dir !== undefined && {dir})}};
};

const fib = (cursor: Cursor): Json => {
	const flags: string[] = [];
	do flags.push(cursor.take().text);
	while (cursor.skip('.'));
	const result = cursor.take().text;
	if (!FIB_RESULTS.includes(result)) throw new Misread(`fib ${flags.join(' . ')} ${result} is not known`);
	return {fib: {result, flags}};
};

const numgen = (cursor: Cursor): Json => {
	const mode = cursor.take().text;
	cursor.expect('mod');
	const mod = Number(cursor.take().text);
	return {numgen: {mode, mod, offset: cursor.skip('offset') ? Number(cursor.take().text) : 0}};
};

const primary = (cursor: Cursor): Json => {
	if (cursor.skip('(')) {
		const inner = expression(cursor);
		cursor.expect(')');
		return inner;
	}

	const token = cursor.take();
	const {text, kind} = token;
	if (kind === 'quoted') return text;
	if (kind !== 'word') throw new Misread(`a value is expected at ${JSON.stringify(text)}`);
	if (text === 'meta') return {meta: {key: cursor.take().text}};
	if (text === 'ct') return ct(cursor);
	if (text === 'fib') return fib(cursor);
	if (text === 'numgen') return numgen(cursor);
	if (META.includes(text) && !(text === 'mark' && cursor.peek() === '')) return {meta: {key: text}};
	if (HEADERS.includes(text) && FIELDS.includes(cursor.peek())) return {payload: {protocol: text, field: cursor.take().text}};
	if (['jhash', 'symhash', 'socket', 'rt', 'osf', 'tunnel', 'ipsec', 'exthdr', 'dst', 'hbh', 'frag', 'tcp option'].includes(text))
		throw new Misread(`${text} is not read`);
	return constant(text);
};

const binary = (cursor: Cursor, from: number): Json => {
	if (from >= BINDING.length) return primary(cursor);
	let left = binary(cursor, from + 1);
	for (;;) {
		const next = OPERATORS[cursor.peek()] ?? cursor.peek();
		if (next !== BINDING[from]) return left;
		cursor.take();
		left = {[next]: [left, binary(cursor, from + 1)]};
	}
};

/**
 * What is read, compared with, or set: `ip daddr . tcp dport`, `meta mark & 0x4000`, `10.0.0.1`, `tcp dport map { 80 : 8080 }`. Throws
 * Misread for what is not read.
 */
export const expression = (cursor: Cursor): Json => {
	const parts = [binary(cursor, 0)];
	while (cursor.skip('.')) parts.push(binary(cursor, 0));
	const whole = parts.length === 1 ? parts[0]! : {concat: parts};
	return cursor.skip('map') ? {map: {key: whole, data: mapping(cursor)}} : whole;
};

const isName = (text: string): boolean => /^@[A-Za-z_]/.test(text);

/** `{ … }` of pairs, or `@name`. */
export const mapping = (cursor: Cursor): Json => (isName(cursor.peek()) ? cursor.take().text : {set: elements(cursor)});

const VERDICTS = ['accept', 'drop', 'return', 'continue'];

/** `drop`, `goto CHAIN`; undefined: the next word is no verdict. */
export const verdict = (cursor: Cursor): Json | undefined => {
	const plain = VERDICTS.find(each => cursor.peek() === each);
	if (plain !== undefined) {
		cursor.take();
		return {[plain]: null};
	}

	const to = ['jump', 'goto'].find(each => cursor.peek() === each);
	if (to === undefined) return undefined;
	cursor.take();
	return {[to]: {target: cursor.take().text}};
};

/** What stands behind an element's value: its time to live, a comment, counters. */
const element = (cursor: Cursor): Json => {
	const value = expression(cursor);
	const about: Record<string, Json> = {};
	for (;;) {
		const word = cursor.peek();
		if (word === ',' || word === '}' || word === ':') break;
		cursor.take();
		if (word === 'comment') about['comment'] = cursor.take().text;
		else if (word === 'timeout' || word === 'expires') about[word] = Math.trunc(secondsOf(cursor.take().text) ?? 0);
		else if (!['counter', 'packets', 'bytes', 'last', 'used', 'never'].includes(word) && numeric(word) === undefined)
			throw new Misread(`${JSON.stringify(word)} of an element is not read`);
	}

	return Object.keys(about).length === 0 ? value : {elem: {val: value, ...about}};
};

/** Elements in braces: values, or pairs of a value and what belongs to it. */
export const elements = (cursor: Cursor): readonly Json[] => {
	const all: Json[] = [];
	cursor.expect('{');
	while (!cursor.skip('}')) {
		const key = element(cursor);
		all.push(cursor.skip(':') ? [key, verdict(cursor) ?? expression(cursor)] : key);
		cursor.skip(',');
	}

	return all;
};
