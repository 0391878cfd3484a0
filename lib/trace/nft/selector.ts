import type {NftExpression} from '../../facts/parse/nft-types.ts';
import {markOf} from '../marks.ts';
import {isTracked, isTranslated, type Path, type Walk} from '../path.ts';
import {MISSING, NONE, ofIp, ofNumber, ofWord, unclear, type Value} from './value.ts';

type Selector = (path: Path, walk: Walk) => Value;

const address =
	(family: 'ipv4' | 'ipv6', side: 'source' | 'destination'): Selector =>
	path =>
		path[side].family === family ? ofIp(path[side]) : NONE;
const protocol =
	(family?: 'ipv4' | 'ipv6'): Selector =>
	path =>
		family === undefined || path.destination.family === family ? ofWord(path.protocol.toLowerCase()) : NONE;
const word =
	(text: string): Selector =>
	() =>
		ofWord(text);

/** Of headers that the packet may not have: then the rule ends. */
const ofHeader =
	(header: string, selector: Selector): Selector =>
	(path, walk) =>
		header === 'th' || header === path.protocol.toLowerCase() ? selector(path, walk) : NONE;

const NETWORK: Readonly<Record<string, Selector>> = {
	'ip saddr': address('ipv4', 'source'),
	'ip daddr': address('ipv4', 'destination'),
	'ip protocol': protocol('ipv4'),
	'ip version': path => (path.destination.family === 'ipv4' ? ofNumber(4) : NONE),
	'ip6 saddr': address('ipv6', 'source'),
	'ip6 daddr': address('ipv6', 'destination'),
	'ip6 nexthdr': protocol('ipv6'),
	'ip6 version': path => (path.destination.family === 'ipv6' ? ofNumber(6) : NONE),
};

const OTHERS = ['icmp', 'icmpv6', 'igmp', 'ah', 'esp', 'comp', 'dccp', 'udplite', 'arp', 'vlan'];

const payload = (header: string, field: string): Selector => {
	const name = `${header} ${field}`;
	if (Object.hasOwn(NETWORK, name)) return NETWORK[name]!;
	if (OTHERS.includes(header)) return () => NONE;
	const unknown: Selector = () => unclear(`${name} of the packet is not known`);
	if (!['tcp', 'udp', 'sctp', 'th'].includes(header)) return unknown;
	if (field === 'dport') return ofHeader(header, path => ofNumber(path.port));
	if (field === 'sport')
		return ofHeader(header, (path, walk) => (path.answers ? ofNumber(path.answers.sourcePort) : unknown(path, walk)));
	return ofHeader(
		header,
		field === 'flags' && header === 'tcp' ? ({answers}) => ({kind: 'bits', words: answers ? ['syn', 'ack'] : ['syn']}) : unknown,
	);
};

const device =
	(side: 'in' | 'out'): Selector =>
	path => {
		const name = path[side];
		return name === undefined ? unclear('the interface is not known') : ofWord(name);
	};

const ALL_BITS = 0xff_ff_ff_ff;

const mark =
	(which: 'mark' | 'connectionMark'): Selector =>
	path => {
		const found = markOf(path, which, ALL_BITS);
		return typeof found === 'number' ? ofNumber(found) : unclear(found.unclear);
	};

const META: Readonly<Record<string, Selector>> = {
	l4proto: protocol(),
	nfproto: ({destination: {family}}) => ofWord(family),
	protocol: ({destination: {family}}) => ofWord(family === 'ipv4' ? 'ip' : 'ip6'),
	mark: mark('mark'),
	iifname: device('in'),
	iif: device('in'),
	oifname: device('out'),
	oif: device('out'),
};

/** Only a socket of the node has an owner. */
const meta = (key: string): Selector =>
	Object.hasOwn(META, key)
		? META[key]!
		: ({from}) =>
				from !== 'node' && ['skuid', 'skgid', 'cgroup'].includes(key) ? NONE : unclear(`meta ${key} of the packet is not known`);

/** Of the first packet of a connection, or of its first answer (net/netfilter/nft_ct.c). */
const state: Selector = ({tracking}) => ({
	kind: 'bits',
	words: [tracking === 'not yet' ? 'invalid' : tracking],
});

const status: Selector = path => ({
	kind: 'bits',
	words: [...(isTranslated(path) && !path.dealt ? ['dnat'] : []), ...(path.rewritten ? ['snat'] : [])],
});

const CT: Readonly<Record<string, Selector>> = {
	status,
	mark: mark('connectionMark'),
	direction: ({answers}) => ofWord(answers ? 'reply' : 'original'),
	zone: word('0'),
	l3proto: META['nfproto']!,
	protocol: protocol(),
};

const ORIGINAL: Readonly<Record<string, Selector>> = {
	saddr: ({source, destination, answers}) => ofIp(answers ? destination : source),
	daddr: ({original}) => ofIp(original.destination),
	'proto-dst': ({original}) => ofNumber(original.port),
	protocol: protocol(),
	l3proto: META['nfproto']!,
};

const ct = (key: string, direction: string | undefined): Selector => {
	if (key === 'state') return state;
	const table = direction === undefined ? CT : direction === 'original' ? ORIGINAL : {};
	const name = key.replace(/^ip6? /, '');
	const selector = Object.hasOwn(table, name) ? table[name]! : () => unclear(`ct ${key} of the connection is not known`);
	return (path, walk) => (isTracked(path) ? selector(path, walk) : NONE);
};

/**
 * The interface that a route leads to, if it is that which is asked for (`iif`, `oif`); missing: there is none, or its route leads to no
 * other machine (net/ipv4/netfilter/nft_fib_ipv4.c).
 */
const routeTo =
	(side: 'source' | 'destination', flags: readonly string[]): Selector =>
	(path, {place}) => {
		if (side === 'source' && path.in === 'lo') return ofWord('lo');
		if (place.isLocal(path[side])) return MISSING;
		const device = place.deviceTo(path[side]);
		const asked = flags.includes('iif') ? path.in : flags.includes('oif') ? path.out : device;
		if (device === undefined || asked === undefined)
			return unclear(`the route to ${path[side].text}, which fib asks for, is not known`);
		return device === asked ? ofWord(device) : MISSING;
	};

const fib = (result: string, flags: readonly string[]): Selector => {
	const side = flags.includes('daddr') ? 'destination' : flags.includes('saddr') ? 'source' : undefined;
	if (!side) return () => unclear(`fib ${flags.join(' . ')} ${result} is not known`);
	if (['oif', 'oifname', 'check'].includes(result)) return routeTo(side, flags);
	if (result !== 'type') return () => unclear(`fib ${flags.join(' . ')} ${result} is not known`);
	return (path, {place}) => {
		const type = place.typeOf(path[side]);
		const device = flags.includes('iif') ? path.in : flags.includes('oif') ? path.out : undefined;
		if (type !== 'LOCAL' || !(flags.includes('iif') || flags.includes('oif'))) return ofWord(type.toLowerCase());
		const isOf = device === undefined ? undefined : place.isOf(path[side], device);
		return isOf === undefined ? unclear(`which interface has ${path[side].text} is not known`) : ofWord(isOf ? 'local' : 'unicast');
	};
};

type Selecting = NftExpression & {readonly kind: 'payload' | 'meta' | 'ct' | 'fib'};

/** Prepares what reads a part of the packet, of its connection or of the routing table. */
export const selectorOf = (expression: Selecting): Selector => {
	switch (expression.kind) {
		case 'payload':
			return payload(expression.protocol, expression.field);
		case 'meta':
			return meta(expression.key);
		case 'ct':
			return ct(expression.key, expression.direction);
		case 'fib':
			return fib(expression.result, expression.flags);
	}
};
