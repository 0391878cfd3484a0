import {holds, rangeOf} from '../ip.ts';
import type {Path} from '../path.ts';
import {any, type Truth} from '../truth.ts';
import {byOption, unclear, type Condition, type Reader} from './condition.ts';

const PROTOCOLS: Readonly<Record<string, string>> = {6: 'tcp', 17: 'udp', 132: 'sctp', 0: 'all'};

const protocolIs = (text: string | undefined): Condition | undefined => {
	if (text === undefined) return undefined;
	const name = PROTOCOLS[text] ?? text;
	return ({protocol}) => name === 'all' || name === protocol.toLowerCase();
};

const addressIs = (side: 'source' | 'destination') => ({values}: {readonly values: readonly string[]}): Condition | undefined => {
	const range = rangeOf(values[0] ?? '');
	return range && (path => holds(range, path[side]));
};

/** `eth0`, or `cali+` for all that begin so. */
const interfaceIs = (side: 'in' | 'out') => ({values: [name]}: {readonly values: readonly string[]}): Condition | undefined => name === undefined ? undefined : path => {
	const device = path[side];
	if (device === undefined) return {unclear: `the interface that ${name} is compared with is not known`};
	return name.endsWith('+') ? device.startsWith(name.slice(0, -1)) : device === name;
};

/** Conditions that need no module. */
export const builtIn: Reader = byOption({
	source: addressIs('source'), destination: addressIs('destination'), protocol: ({values}) => protocolIs(values[0]),
	'in-interface': interfaceIs('in'), 'out-interface': interfaceIs('out'),
	// The first packet of a connection is whole.
	fragment: () => () => false,
});

export const iprange: Reader = byOption({'src-range': addressIs('source'), 'dst-range': addressIs('destination')});

const typeIs = (side: 'source' | 'destination') => ({values}: {readonly values: readonly string[]}): Condition => {
	const types = (values[0] ?? '').split(',');
	return (path, {place}) => types.includes(place.typeOf(path[side]));
};

/** An address that is none of the node's is none of its interfaces' either; for others an interface that counts alone is not looked at. */
export const addrtype: Reader = (options, sets) => {
	const limit = options.find(({option}) => option.startsWith('limit-iface'));
	const parts = byOption({'src-type': typeIs('source'), 'dst-type': typeIs('destination')})(options.filter(match => match !== limit), sets);
	if (!limit) return parts;
	return [{condition: ({source, destination}, {place}) => place.isLocal(source) || place.isLocal(destination) ? {unclear: `--${limit.option} is not known`} : true}, ...parts];
};

type PortRange = readonly [first: number, last: number];

/** `80`, `80:90`, `80:`, `:90`. */
const portsOf = (text: string): PortRange | undefined => {
	const [, first, colon, last] = /^(\d{1,5})?(:)?(\d{1,5})?$/.exec(text) ?? [];
	if (first === undefined && last === undefined) return undefined;
	return colon ? [Number(first ?? 0), Number(last ?? 65_535)] : [Number(first), Number(first)];
};

const inRange = (port: number) => ([first, last]: PortRange): boolean => first <= port && port <= last;

/** The client's port is not known: only that it is not a privileged one. */
const sourceIn = (ranges: readonly PortRange[]): Truth => ranges.some(([first, last]) => first <= 1024 && last >= 65_535) || {unclear: 'the source port is not known'};

const portIs = (side: 'source' | 'destination' | 'either') => ({values}: {readonly values: readonly string[]}): Condition | undefined => {
	const read = (values[0] ?? '').split(',').map(portsOf);
	const ranges = read.flatMap(each => each ? [each] : []);
	if (ranges.length < read.length) return undefined;
	return (path: Path) => {
		const there = ranges.some(inRange(path.port));
		return side === 'destination' ? there : side === 'source' ? sourceIn(ranges) : any([there, sourceIn(ranges)]);
	};
};

const source = portIs('source');
const destination = portIs('destination');

export const multiport: Reader = byOption({
	sports: source, 'source-ports': source, dports: destination, 'destination-ports': destination, ports: portIs('either'),
});

/** `FIN,SYN,RST,ACK SYN`: of these, only that. The first packet has SYN alone. */
const flagsAre = ({values: [looked = '', set = '']}: {readonly values: readonly string[]}): Condition => {
	const all = ['FIN', 'SYN', 'RST', 'PSH', 'ACK', 'URG'];
	const namesOf = (text: string) => text === 'ALL' ? all : text.split(',').filter(name => name !== 'NONE' && name !== '');
	const found = namesOf(looked).filter(name => name === 'SYN').join(',');
	return () => found === namesOf(set).join(',');
};

const PORTS = {sport: source, 'source-port': source, dport: destination, 'destination-port': destination} as const;

/** Ports of one protocol; packets of another do not match, whatever is asked. */
export const ofProtocol = (name: string): Reader => (options, sets) => {
	const read = byOption(name === 'tcp' ? {...PORTS, 'tcp-flags': flagsAre, syn: () => () => true} : PORTS);
	return [{condition: ({protocol}) => protocol.toLowerCase() === name}, ...read(options, sets)];
};

/** What only packets of other protocols can match. */
export const never: Reader = () => [{condition: () => false}];

export const pkttype: Reader = options => options.map(match => match.values[0] === 'broadcast' || match.values[0] === 'multicast' ? {condition: () => match.negated} : unclear(match));

/** What is routed is not bridged; which port of a bridge it came in by is known of the node's own packets alone: by none. */
export const physdev: Reader = options => options.map(match => match.option === 'physdev-is-bridged' ? {condition: () => match.negated}
	: {condition: ({from}) => from === 'node' && match.option !== 'physdev-is-out' && match.option !== 'physdev-out' ? match.negated : {unclear: `-m physdev --${match.option} is not known`}});
