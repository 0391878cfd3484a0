import {needed} from '../facts/fact.ts';
import type {ConntrackEntry, ConntrackTuple} from '../facts/parse/conntrack.ts';
import {readNode} from '../facts/read-node.ts';
import {withPort} from '../ip.ts';
import {look} from '../gather/look.ts';
import {canonicalIp} from '../model/address.ts';
import type {Destination, Heard} from '../probe/vantage.ts';
import type {HeldWay, LostConnection} from './held.ts';
import type {TestNode, Testbed} from './testbed.ts';

/** Where the kernel of a node leads connections of TCP: from `client → way in` to the one that answers. */
export type Translations = ReadonlyMap<string, string>;

const plain = (ip: string): string => canonicalIp(ip) ?? ip;
const sourceOf = ({source, sourcePort = 0}: ConntrackTuple): string => withPort(plain(source), sourcePort);
const destinationOf = ({destination, destinationPort = 0}: ConntrackTuple): string => withPort(plain(destination), destinationPort);

/** Of connections to these ways in. */
export const translationsOf = (entries: readonly ConntrackEntry[], to: readonly Destination[]): Translations => {
	const ways = new Set(to.map(({ip, port}) => withPort(ip, port)));
	return new Map(
		entries
			.filter(({protocol, original}) => protocol === 'tcp' && ways.has(destinationOf(original)))
			.map(({original, reply}) => [`${sourceOf(original)} → ${destinationOf(original)}`, sourceOf(reply)]),
	);
};

/** Those of a node, as it is now. */
const translationsOn = async (
	{family, signal}: Pick<Testbed, 'family' | 'signal'>,
	{name, shell}: Pick<TestNode, 'name' | 'shell'>,
	to: readonly Destination[],
): Promise<Translations> => {
	const {conntrack, conntrackIpv6} = readNode(await look(shell, ['conntrack', 'conntrackIpv6'], signal));
	return translationsOf(needed(`what ${name} remembers`, family === 'ipv6' ? conntrackIpv6 : conntrack).entries, to);
};

/** The entry of a connection that was reset goes so soon by itself (nf_conntrack_tcp_timeout_close). */
const CLOSED_ENTRY_MS = 10_000;

/**
 * What the kernel's own word is to the loss of one of the connections that were open, `sinceMs` after the last answer on it; undefined:
 * nothing that explains it. An entry that is gone tells only then of a kernel that forgot: nobody has reset the connection, or it was so
 * short a time ago that the entry would still be there.
 */
export const ledAstray = (
	before: Translations,
	now: Translations,
	{outcome, sinceMs}: {readonly outcome: Heard['outcome']; readonly sinceMs: number},
): string | undefined => {
	for (const [way, backend] of before) {
		const found = now.get(way);
		if (found === undefined && (outcome === 'timeout' || sinceMs < CLOSED_ENTRY_MS)) return `its kernel has forgotten ${way}`;
		if (found !== undefined && found !== backend) return `its kernel leads ${way} to ${found}, no longer to ${backend}`;
	}
	return undefined;
};

/**
 * To be asked while all connections are well: what it answers says of one that is lost later what the kernel of its node has done, where
 * that explains it. Each node is looked at once, at its first loss.
 */
export const explainsLosses = async (
	testbed: Pick<Testbed, 'family' | 'signal' | 'nodes'>,
	ways: readonly Pick<HeldWay, 'node' | 'to'>[],
): Promise<(lost: LostConnection) => Promise<string | undefined>> => {
	const lookAt = async (name: string): Promise<Translations> => {
		const node = testbed.nodes.find(one => one.name === name);
		const own = ways.filter(way => way.node === name).map(({to}) => to);
		return node ? translationsOn(testbed, node, own) : new Map();
	};
	const names = [...new Set(ways.map(({node}) => node))];
	const before = new Map(await Promise.all(names.map(async name => [name, await lookAt(name)] as const)));
	const looks = new Map<string, Promise<Translations>>();
	return async ({node, heard: {outcome}, sinceMs}) => {
		const look = looks.get(node) ?? lookAt(node);
		looks.set(node, look);
		const now = await look;
		return ledAstray(before.get(node) ?? new Map<string, string>(), now, {outcome, sinceMs: sinceMs()});
	};
};
