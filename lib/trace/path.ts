import type {Protocol} from '../model/state.ts';
import type {Packet} from '../model/verdict.ts';
import {ipOf, type Ip} from './ip.ts';
import type {Place} from './place.ts';

/** A rule as it is quoted: table and chain, and its text. */
export type Quote = {readonly where: string; readonly text: () => string};

/** The rules that led somewhere: the last one, and before it those that jumped there. */
export type Trail = {readonly rule: Quote; readonly before: Trail | undefined};

/** A packet at some point of its way, and with what probability it comes there so. */
export type Path = {
	readonly probability: number;
	readonly from: Packet['from'];
	readonly protocol: Protocol;
	readonly source: Ip;
	/** As the rules made it. */
	readonly destination: Ip;
	readonly port: number;
	/** As the client sent it. */
	readonly original: {readonly destination: Ip; readonly port: number};
	readonly mark: number;
	readonly connectionMark: number;
	readonly tracking: 'not yet' | 'new' | 'untracked';
	/** '': none, as for the node's own packets; undefined: not known. */
	readonly in: string | undefined;
	readonly out: string | undefined;
	/** What translated the destination, and what rewrote the source. */
	readonly translated?: Trail;
	readonly rewritten?: Trail;
	/** Each kind of translation is decided once: by the first rule, or as none when the hook has been passed. */
	readonly decided: {readonly destination: boolean; readonly source: boolean};
	/** Lists of clients that this packet got its source into: `recent` lists, sets of nftables. */
	readonly remembered: readonly string[];
	/** Seconds for which the list remembers that the client was found in. */
	readonly recognised?: number;
};

/** What surrounds the walk of one packet. */
export type Walk = {
	readonly place: Place;
	/** Lists that the client is in from before; a new client is in none. */
	readonly memory: ReadonlySet<string>;
	/** Looks at rules that are left: a damaged dump can hold more ways than can be walked. */
	readonly budget: {left: number};
};

const MOST_LOOKS = 3_000_000;

export const newBudget = (): Walk['budget'] => ({left: MOST_LOOKS});

const addressOf = (text: string, what: string): Ip => {
	const ip = ipOf(text);
	if (!ip) throw new RangeError(`a packet's ${what} must be an IP address, not ${JSON.stringify(text)}`);
	return ip;
};

/** A packet before its first hook. Throws RangeError for what is no address. */
export const startOf = ({protocol, from, source, destination, port}: Packet, place: Place): Path => {
	const to = addressOf(destination, 'destination');
	const sender = addressOf(source, 'source');
	return {
		probability: 1, from, protocol, source: sender, destination: to, port, original: {destination: to, port},
		mark: 0, connectionMark: 0, tracking: 'not yet',
		in: from === 'node' ? '' : place.deviceTo(sender), out: '',
		decided: {destination: false, source: false}, remembered: [],
	};
};

export const isTranslated = ({destination, port, original}: Path): boolean => destination.text !== original.destination.text || port !== original.port;

export const remembers = ({memory}: Walk, {remembered}: Path, list: string): boolean => memory.has(list) || remembered.includes(list);

export const remember = (path: Path, list: string): Path => path.remembered.includes(list) ? path : {...path, remembered: [...path.remembered, list]};

/** The client was found in a list that remembers it for so long. */
export const recognise = (path: Path, seconds: number): Path => ({...path, recognised: Math.min(path.recognised ?? Infinity, seconds)});

export const forget = (path: Path, list: string): Path => ({...path, remembered: path.remembered.filter(each => each !== list)});

const keyOf = ({destination, port, mark, connectionMark, tracking, in: inside, out, decided, remembered, recognised, ...path}: Path): string =>
	[destination.text, port, mark, connectionMark, tracking, inside, out, decided.destination, decided.source, path.translated !== undefined, path.rewritten !== undefined, recognised, ...remembered].join(' ');

/** Paths that are the same from here on become one. */
export const merge = (paths: readonly Path[]): readonly Path[] => {
	if (paths.length < 2) return paths;
	const groups = Map.groupBy(paths, keyOf);
	return groups.size === paths.length ? paths : [...groups.values()].map(same => ({...same[0]!, probability: same.reduce((sum, {probability}) => sum + probability, 0)}));
};

/** The destination is translated; the last rule of the trail did it. */
export const translate = (path: Path, destination: Ip, port: number, trail: Trail): Path =>
	({...path, destination, port, translated: trail, decided: {...path.decided, destination: true}});

/** The source becomes one of the node's. */
export const rewrite = (path: Path, trail: Trail): Path => ({...path, rewritten: trail, decided: {...path.decided, source: true}});
