import {holds, rangeOf} from '../ip.ts';
import type {Path} from '../path.ts';
import {any, not, type Truth} from '../truth.ts';
import {byOption, unclear, type Condition, type Part, type Reader} from './condition.ts';

const PROTOCOLS: Readonly<Record<string, string>> = {6: 'tcp', 17: 'udp', 132: 'sctp', 0: 'all'};

const protocolIs = (text: string | undefined): Condition | undefined => {
	if (text === undefined) return undefined;
	const name = PROTOCOLS[text] ?? text;
	return ({protocol}) => name === 'all' || name === protocol.toLowerCase();
};

const addressIs =
	(side: 'source' | 'destination') =>
	({values}: {readonly values: readonly string[]}): Condition | undefined => {
		const range = rangeOf(values[0] ?? '');
		return range && (path => holds(range, path[side]));
	};

/** `eth0`, or `cali+` for all that begin so. */
const interfaceIs =
	(side: 'in' | 'out') =>
	({values: [name]}: {readonly values: readonly string[]}): Condition | undefined =>
		name === undefined
			? undefined
			: path => {
					const device = path[side];
					if (device === undefined) return {unclear: `the interface that ${name} is compared with is not known`};
					return name.endsWith('+') ? device.startsWith(name.slice(0, -1)) : device === name;
				};

/** Conditions that need no module. */
export const builtIn: Reader = byOption({
	source: addressIs('source'),
	destination: addressIs('destination'),
	protocol: ({values}) => protocolIs(values[0]),
	'in-interface': interfaceIs('in'),
	'out-interface': interfaceIs('out'),
	// The first packet of a connection is whole.
	fragment: () => () => false,
});

export const iprange: Reader = byOption({'src-range': addressIs('source'), 'dst-range': addressIs('destination')});

/** `limit`: an address of another interface counts as one that is elsewhere (net/netfilter/xt_addrtype.c, inet_dev_addr_type). */
const typeIs =
	(side: 'source' | 'destination', limit: 'in' | 'out' | undefined) =>
	({values}: {readonly values: readonly string[]}): Condition => {
		const types = (values[0] ?? '').split(',');
		return (path, {place}) => {
			const type = place.typeOf(path[side]);
			if (limit === undefined || type !== 'LOCAL') return types.includes(type);
			const device = path[limit];
			const isOf = device === undefined ? undefined : place.isOf(path[side], device);
			return isOf === undefined
				? {unclear: `which interface has ${path[side].text}, which --limit-iface-${limit} asks for, is not known`}
				: types.includes(isOf ? 'LOCAL' : 'UNICAST');
		};
	};

export const addrtype: Reader = (options, sets) => {
	const limit = options.find(({option}) => option.startsWith('limit-iface'));
	const device = limit && (limit.option.endsWith('in') ? 'in' : 'out');
	return byOption({'src-type': typeIs('source', device), 'dst-type': typeIs('destination', device)})(
		options.filter(match => match !== limit),
		sets,
	);
};

/**
 * Whether the route back to the sender leads to the interface that the packet came in by (net/ipv4/netfilter/ipt_rpfilter.c,
 * net/ipv6/netfilter/ip6t_rpfilter.c).
 */
export const rpfilter: Reader = options => {
	const has = (name: string) => options.some(({option}) => option === name);
	const holdsBack: Condition = (path, {place}) => {
		if (path.in === 'lo') return true;
		if (place.isLocal(path.source)) return has('accept-local');
		const back = place.deviceTo(path.source);
		if (back === undefined || path.in === undefined)
			return {unclear: `the route back to ${path.source.text}, which -m rpfilter asks for, is not known`};
		return has('loose') || back === path.in;
	};
	return [{condition: has('invert') ? (path, walk) => not(holdsBack(path, walk)) : holdsBack}];
};

/** The first packet of a new connection is within every limit, unless others have spent it: the bucket is full when nobody sends. */
const LIMIT: Part = {condition: (_, {spent = false}) => !spent, limits: true};

export const limit: Reader = () => [LIMIT];

/** `--hashlimit-above` holds for what is beyond the limit: not for the first, if it is not spent. */
export const hashlimit: Reader = options => {
	const above = options.find(({option}) => option === 'hashlimit-above');
	return [above ? {condition: (_, {spent = false}) => above.negated !== spent, limits: true} : LIMIT];
};

/** Connections of the client, this one included. */
export const connlimit: Reader = options => {
	const asked = options.find(({option}) => option === 'connlimit-above' || option === 'connlimit-upto');
	const most = Number(asked?.values[0]);
	if (!asked || !Number.isInteger(most)) return options.slice(0, 1).map(unclear);
	const isAsked = (isAbove: boolean): boolean => (asked.option === 'connlimit-above' ? isAbove : !isAbove) !== asked.negated;
	return [{condition: (_, {spent = false}) => isAsked(spent || 1 > most), limits: true}];
};

type PortRange = readonly [first: number, last: number];

/** `80`, `80:90`, `80:`, `:90`. */
const portsOf = (text: string): PortRange | undefined => {
	const [, first, colon, last] = /^(\d{1,5})?(:)?(\d{1,5})?$/.exec(text) ?? [];
	if (first === undefined && last === undefined) return undefined;
	return colon ? [Number(first ?? 0), Number(last ?? 65_535)] : [Number(first), Number(first)];
};

const inRange =
	(port: number) =>
	([first, last]: PortRange): boolean =>
		first <= port && port <= last;

/** The client's port is not known: only that it is not a privileged one. */
const sourceIn = (ranges: readonly PortRange[], {answers}: Path): Truth =>
	answers
		? ranges.some(inRange(answers.sourcePort))
		: ranges.some(([first, last]) => first <= 1024 && last >= 65_535) || {unclear: 'the source port is not known'};

const portIs =
	(side: 'source' | 'destination' | 'either') =>
	({values}: {readonly values: readonly string[]}): Condition | undefined => {
		const read = (values[0] ?? '').split(',').map(portsOf);
		const ranges = read.flatMap(each => (each ? [each] : []));
		if (ranges.length < read.length) return undefined;
		return (path: Path) => {
			const there = ranges.some(inRange(path.port));
			return side === 'destination' ? there : side === 'source' ? sourceIn(ranges, path) : any([there, sourceIn(ranges, path)]);
		};
	};

const source = portIs('source');
const destination = portIs('destination');

export const multiport: Reader = byOption({
	sports: source,
	'source-ports': source,
	dports: destination,
	'destination-ports': destination,
	ports: portIs('either'),
});

/** `FIN,SYN,RST,ACK SYN`: of these, only that. The first packet has SYN alone, its answer SYN and ACK. */
const flagsAre = ({values: [looked = '', set = '']}: {readonly values: readonly string[]}): Condition => {
	const all = ['FIN', 'SYN', 'RST', 'PSH', 'ACK', 'URG'];
	const namesOf = (text: string) => (text === 'ALL' ? all : text.split(',').filter(name => name !== 'NONE' && name !== ''));
	const of = (flags: readonly string[]): boolean =>
		namesOf(looked)
			.filter(name => flags.includes(name))
			.toSorted()
			.join(',') === namesOf(set).toSorted().join(',');
	const [first, answer] = [of(['SYN']), of(['SYN', 'ACK'])];
	return ({answers}) => (answers ? answer : first);
};

const PORTS = {sport: source, 'source-port': source, dport: destination, 'destination-port': destination} as const;

/** Ports of one protocol; packets of another do not match, whatever is asked. */
export const ofProtocol =
	(name: string): Reader =>
	(options, sets) => {
		const read = byOption(
			name === 'tcp'
				? {
						...PORTS,
						'tcp-flags': flagsAre,
						syn:
							() =>
							({answers}) =>
								answers === undefined,
					}
				: PORTS,
		);
		return [{condition: ({protocol}) => protocol.toLowerCase() === name}, ...read(options, sets)];
	};

/** What only packets of other protocols can match. */
export const never: Reader = () => [{condition: () => false}];

/**
 * A socket that is bound to the very address that the packet is for (net/netfilter/xt_socket.c leaves out those that listen at any). At an
 * address of nobody's here, only a transparent proxy has one, and it listens at any, too; a new connection has none of its own yet.
 */
export const socket: Reader = options => {
	const isTransparent = options.some(({option}) => option === 'transparent');
	const hasWildcards = options.some(({option}) => option === 'nowildcard');
	return [
		{
			condition: ({destination}, {place}) =>
				hasWildcards || (place.isLocal(destination) && !isTransparent)
					? {unclear: 'which socket of the node would take the packet, which -m socket asks for, is not known'}
					: false,
		},
	];
};

/** Only what a socket of the node sends has an owner (net/netfilter/xt_owner.c): of anything else, what is asked not to be so holds. */
export const owner: Reader = options => [
	{
		condition: ({from}) =>
			from === 'node' ? {unclear: 'who sends it, which -m owner asks for, is not known'} : options.every(({negated}) => negated),
	},
];

export const pkttype: Reader = options =>
	options.map(match =>
		match.values[0] === 'broadcast' || match.values[0] === 'multicast' ? {condition: () => match.negated} : unclear(match),
	);

/**
 * What is routed is not bridged. Whether it came in by a port of a bridge is known by the interface; by which one, only of what came by
 * none.
 */
export const physdev: Reader = options =>
	options.map(match => {
		if (match.option === 'physdev-is-bridged') return {condition: () => match.negated};
		const notKnown = {unclear: `-m physdev --${match.option} is not known`};
		return {
			condition: (path, {place}) => {
				if (match.option === 'physdev-is-out' || match.option === 'physdev-out') return notKnown;
				const came = path.from === 'node' ? false : place.cameByPort(path.in, path.source.family);
				if (came === undefined || (came && match.option !== 'physdev-is-in')) return notKnown;
				return came !== match.negated;
			},
		};
	});
