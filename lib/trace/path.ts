import type {Protocol} from '../model/state.ts';
import type {Packet} from '../model/verdict.ts';
import {ipOf, type Ip} from './ip.ts';
import type {Place} from './place.ts';

/** A rule as it is quoted: table and chain, and its text. */
export type Quote = {
	readonly where: string;
	readonly text: () => string;
	/** A chain's policy, and no rule. */ readonly isPolicy?: true;
};

/** The rules that led somewhere: the last one, and before it those that jumped there. */
export type Trail = {readonly rule: Quote; readonly before: Trail | undefined};

/** Bits of a mark that were set and cleared, and by what. */
export type MarkChange<By> = {
	readonly set: number;
	readonly cleared: number;
	readonly by: By;
};

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
	/** Bits of the marks that cannot be told: a rule of which it is not clear whether it matches sets them. */
	readonly unsure?: {
		readonly mark: number;
		readonly connectionMark: number;
		readonly why: string;
	};
	readonly tracking: 'not yet' | 'new' | 'established' | 'untracked';
	/** It answers a connection; left out: it is the first packet of one. */
	readonly answers?: Answered;
	/** '': none, as for the node's own packets; undefined: not known. */
	readonly in: string | undefined;
	readonly out: string | undefined;
	/** The virtual server of ipvs that dealt the packet out. */
	readonly dealt?: {readonly address: Ip; readonly port: number};
	/** Rules that let through so many and no more: the first packet passes when nobody else sends. */
	readonly limits: readonly Quote[];
	/** What translated the destination, and what rewrote the source. */
	readonly translated?: Trail;
	readonly rewritten?: Trail;
	/** What made the node itself its destination. */
	readonly redirected?: Trail;
	/** What keeps it from connection tracking, and so from all translation. */
	readonly untracked?: Trail;
	/** What let it out of a chain of NAT before its end, untranslated. */
	readonly letOut?: {readonly destination?: Trail; readonly source?: Trail};
	/** What changed its mark, in order. */
	readonly marks?: readonly MarkChange<Trail>[];
	/** Each kind of translation is decided once: by the first rule, or as none when the hook has been passed. */
	readonly decided: {readonly destination: boolean; readonly source: boolean};
	/** Lists of clients that this packet got its source into: `recent` lists, sets of nftables. */
	readonly remembered: readonly string[];
	/** Seconds for which the list remembers that the client was found in. */
	readonly recognised?: number;
	/** Doubts on its way that are walked both ways, the first one first. */
	readonly forks: readonly Fork[];
};

/** The connection that a packet answers, as the node knows it. */
export type Answered = {
	/** Where the packet comes from: the endpoint's own. */
	readonly sourcePort: number;
	/** What the client asked for, where this node translated it to the endpoint. */
	readonly asked?: {readonly destination: string; readonly port: number};
};

/** The first answer to a connection. Its destination's port is some port of the client's. */
export type Answer = Packet & {readonly answers: Answered};

/** A rule of which it cannot be told whether it matches: one side goes on as if it did, the other as if it did not. */
export type Fork = {
	readonly id: string;
	readonly matched: boolean;
	readonly why: string;
	readonly by: Trail;
};

/** What surrounds the walk of one packet. */
export type Walk = {
	readonly place: Place;
	/** Lists that the client is in from before; a new client is in none. */
	readonly memory: ReadonlySet<string>;
	/** Others have used up every limit. */
	readonly spent?: boolean;
	/** Looks at rules, and doubts to walk both ways, that are left: a damaged dump can hold more ways than can be walked. */
	readonly budget: {left: number; forks: number};
};

const MOST_LOOKS = 3_000_000;
const MOST_FORKS = 100;

export const newBudget = (): Walk['budget'] => ({left: MOST_LOOKS, forks: MOST_FORKS});

const addressOf = (text: string, what: string): Ip => {
	const ip = ipOf(text);
	if (!ip) throw new RangeError(`a packet's ${what} must be an IP address, not ${JSON.stringify(text)}`);
	return ip;
};

/** Where Cilium's routes to the pods of a node lead to; its pods send by interfaces of their own, whose names begin so. */
const CILIUM = {gateway: 'cilium_host', pods: 'lxc'} as const;

/**
 * The interface that a packet came in by, as its sender is reached. Whoever sends with an address of the node came in by some interface,
 * not by loopback. A pod of the node is behind no gateway: where its route has one, no route tells by which interface it sends.
 */
const entryOf = (from: Packet['from'], sender: Ip, place: Place): string | undefined => {
	const way = place.wayTo(sender);
	if (place.isLocal(sender)) return way?.device;
	if (from === 'pod' && way?.gateway !== undefined) return way.device === CILIUM.gateway ? CILIUM.pods : undefined;
	return place.deviceTo(sender);
};

/** A packet before its first hook. Throws RangeError for what is no address. */
export const startOf = ({protocol, from, source, destination, port, answers}: Packet & Partial<Answer>, place: Place): Path => {
	const to = addressOf(destination, 'destination');
	const sender = addressOf(source, 'source');
	return {
		probability: 1,
		from,
		protocol,
		source: sender,
		destination: to,
		port,
		original: answers?.asked
			? {destination: addressOf(answers.asked.destination, 'destination'), port: answers.asked.port}
			: {destination: to, port},
		...(answers && {answers}),
		mark: 0,
		connectionMark: 0,
		...(answers && {unsure: {mark: 0, connectionMark: 0xff_ff_ff_ff, why: 'the mark of the connection is not known'}}),
		tracking: 'not yet',
		in: from === 'node' ? '' : entryOf(from, sender, place),
		out: '',
		decided: {destination: false, source: false},
		limits: [],
		remembered: [],
		forks: [],
	};
};

/** Whether connection tracking knows the packet's connection. */
export const isTracked = ({tracking}: Path): boolean => tracking === 'new' || tracking === 'established';

export const isTranslated = ({destination, port, original, answers}: Path): boolean =>
	answers ? answers.asked !== undefined : destination.text !== original.destination.text || port !== original.port;

export const remembers = ({memory}: Walk, {remembered}: Path, list: string): boolean => memory.has(list) || remembered.includes(list);

export const remember = (path: Path, list: string): Path =>
	path.remembered.includes(list) ? path : {...path, remembered: [...path.remembered, list]};

/** The client was found in a list that remembers it for so long. */
export const recognise = (path: Path, seconds: number): Path => ({...path, recognised: Math.min(path.recognised ?? Infinity, seconds)});

/** A client that was found in a list is put into it anew, for a time of its own and not for that of the list. */
export const renew = (path: Path, seconds: number): Path => (path.recognised === undefined ? path : {...path, recognised: seconds});

export const forget = (path: Path, list: string): Path => ({...path, remembered: path.remembered.filter(each => each !== list)});

/** What of a path decides about what becomes of it from here on, the doubts on its way apart. */
export const stateOf = ({
	destination,
	port,
	mark,
	connectionMark,
	tracking,
	in: inside,
	out,
	decided,
	remembered,
	recognised,
	unsure,
	limits,
	...path
}: Path): string =>
	[
		destination.text,
		port,
		mark,
		connectionMark,
		tracking,
		inside,
		out,
		decided.destination,
		decided.source,
		path.translated !== undefined,
		path.rewritten !== undefined,
		recognised,
		unsure?.mark,
		unsure?.connectionMark,
		path.dealt?.address.text,
		path.dealt?.port,
		limits.length,
		...remembered,
	].join(' ');

const keyOf = (path: Path): string =>
	path.forks.length === 0
		? stateOf(path)
		: `${stateOf(path)} | ${path.forks.map(({id, matched}) => `${id}${matched ? '+' : '-'}`).join(' ')}`;

/** Paths that are the same from here on become one. */
export const merge = (paths: readonly Path[]): readonly Path[] => {
	if (paths.length < 2) return paths;
	const groups = Map.groupBy(paths, keyOf);
	return groups.size === paths.length
		? paths
		: [...groups.values()].map(same => ({...same[0]!, probability: same.reduce((sum, {probability}) => sum + probability, 0)}));
};

/** The destination is translated; the last rule of the trail did it. */
export const translate = (path: Path, destination: Ip, port: number, trail: Trail): Path => ({
	...path,
	destination,
	port,
	translated: trail,
	decided: {...path.decided, destination: true},
});

/** The source becomes one of the node's. */
export const rewrite = (path: Path, trail: Trail): Path => ({...path, rewritten: trail, decided: {...path.decided, source: true}});

/** A rule that limits lets the packet through: the bucket of a limit is full when nobody sends. */
export const limitedBy = (path: Path, rule: Quote): Path => ({...path, limits: [...path.limits, rule]});

/** Conntrack does not see what is told not to be tracked before it. */
export const untracked = (path: Path, trail: Trail): Path =>
	path.tracking === 'not yet' ? {...path, tracking: 'untracked', untracked: trail} : path;
