import {canonicalIp, hostPort, isLoopback} from '../../model/address.ts';
import type {ConntrackEntry} from '../../facts/parse/conntrack.ts';
import {withoutBound} from '../../model/rules/ipvs/addresses.ts';
import {servicePorts} from '../../model/service-ports.ts';
import {verdictsOf} from '../../model/verdict-of.ts';
import {aside, broken, hopOf, notUnderstood, unknown, type Finding, type Hop} from '../chain.ts';
import {claimedAnswers} from '../claimed-answers.ts';
import {conntrackOf} from '../conntrack-of.ts';
import type {ChainFacts, WalkedNode} from '../facts.ts';
import {fullTable} from '../full-table.ts';

const HOP = {name: 'connections that the kernel remembers lead to endpoints', layer: 'conntrack'} as const;

const fullness = (node: WalkedNode): readonly Finding[] => {
	const full = fullTable(node);
	return full === undefined ? [] : [broken(full)];
};

type Scope = Pick<ChainFacts, 'namespace' | 'family'>;

/** Addresses of a node; `local`: but those that ipvs binds, where node ports are not served. */
type Addresses = {readonly own: ReadonlySet<string>; readonly local: ReadonlySet<string>};
const addressesOf = ({ip, facts: {addresses}}: WalkedNode): Addresses => {
	const interfaces = addresses.ok ? addresses.value.items : [];
	const own = new Set([ip, ...interfaces.map(({address}) => canonicalIp(address) ?? address)]);
	return {own, local: new Set(withoutBound(own, interfaces))};
};

/** Ways in of the namespace's Services, each with the addresses that may answer. */
const waysIn = ({state, name}: WalkedNode, {local}: Addresses, {namespace, family}: Scope) =>
	!state.ok
		? []
		: servicePorts(state.value, name, family)
				.filter(port => port.namespace === namespace)
				.map(port => ({
					service: `${namespace}/${port.service}`,
					is: ({protocol, original: {destination, destinationPort}}: ConntrackEntry): boolean => {
						if (protocol !== port.protocol.toLowerCase()) return false;
						const to = canonicalIp(destination) ?? destination;
						return (
							([port.clusterIP, ...port.externalIPs, ...port.loadBalancerVIPs].includes(to) &&
								destinationPort === port.port) ||
							(local.has(to) && destinationPort === port.nodePort)
						);
					},
					endpoints: new Set(port.endpoints.map(({ip}) => ip)),
				}));

/** A flow whose destination is as the client gave it, and stays so: its Service refuses, drops, or does not serve this address. */
const staysAsItIs = ({state, name}: WalkedNode, {own, local}: Addresses): ((entry: ConntrackEntry) => boolean) => {
	const model = state.ok ? verdictsOf(state.value, name, {localAddresses: [...local]}) : undefined;
	return ({protocol, original: {source, destination, destinationPort: port = 0}, reply}) =>
		reply.source === destination &&
		model?.({
			protocol: protocol === 'udp' ? 'UDP' : 'TCP',
			from: own.has(canonicalIp(source) ?? source) || isLoopback(source) ? 'node' : 'outside',
			source,
			destination,
			port,
		}).kind !== 'backends';
};

const flowText = ({original: {source, sourcePort, destination, destinationPort}}: ConntrackEntry): string =>
	`${hostPort(source, sourcePort ?? 0)} → ${hostPort(destination, destinationPort ?? 0)}`;

/** What a node remembers in the family, and what it is judged by. */
const rememberedBy = (node: WalkedNode, scope: Scope) => {
	const addresses = addressesOf(node);
	return {
		node,
		fact: conntrackOf(node, scope.family),
		ways: waysIn(node, addresses, scope),
		isAsItMust: staysAsItIs(node, addresses),
	};
};
type Remembered = ReturnType<typeof rememberedBy>;

/**
 * Attempts of TCP that the node did not translate and nobody answered, to what it serves now. A new connection makes a new entry; one from
 * the same port is the old attempt again, not translated and lost, and its SYNs do not keep the entry (nf_conntrack_proto_tcp.c).
 * Told beside the rest, no more: every node that has just begun to serve remembers some.
 */
const untranslated = ({node, fact, ways, isAsItMust}: Remembered): readonly string[] => {
	if (!fact.ok) return [];
	const found = fact.value.entries.filter(
		entry =>
			entry.protocol === 'tcp' &&
			entry.state === 'SYN_SENT' &&
			entry.reply.source === entry.original.destination &&
			ways.some(({is}) => is(entry)) &&
			!isAsItMust(entry),
	);
	const longest = found.toSorted((a, b) => (a.timeoutSeconds ?? 0) - (b.timeoutSeconds ?? 0)).at(-1);
	if (!longest) return [];
	const others = found.length > 1 ? ` and ${found.length - 1} more` : '';
	return [
		`${node.name} remembers tcp ${flowText(longest)}${others} from before this was served: for ` +
			`${longest.timeoutSeconds ?? 0} s a client that asks from that port again is lost`,
	];
};

const stale = ({node, fact, ways, isAsItMust}: Remembered): readonly Finding[] => {
	if (!fact.ok) return [unknown(`${node.name}: ${fact.source}: ${fact.why}`)];
	const odd = notUnderstood(`${node.name}: ${fact.source}`, fact.value);
	const found = fact.value.entries
		.filter(({protocol}) => protocol === 'udp')
		.flatMap(entry => {
			const way = ways.find(({is}) => is(entry));
			const {reply} = entry;
			if (!way || way.endpoints.has(canonicalIp(reply.source) ?? reply.source) || isAsItMust(entry)) return [];
			return [
				broken(
					`conntrack of ${node.name} still leads udp ${flowText(entry)} to ` +
						`${hostPort(reply.source, reply.sourcePort ?? 0)}, which is no endpoint of ${way.service}`,
				),
			];
		});
	return [...odd, ...found];
};

/**
 * Room in the table, no UDP flow to the Services that is kept with something that is no endpoint, and no answer taken for another's: that
 * befalls single connections, so where something else is broken (`isBroken`) it does not explain the red.
 */
export const conntrackHop = (facts: Pick<ChainFacts, 'nodes' | 'namespace' | 'family' | 'pods'>, isBroken: boolean): Hop => {
	const claimed = claimedAnswers(facts).map(isBroken ? aside : broken);
	const all = facts.nodes.filter(({suspected}) => suspected).map(node => rememberedBy(node, facts));
	return hopOf(
		HOP,
		[...all.flatMap(remembered => [...fullness(remembered.node), ...stale(remembered)]), ...claimed],
		all.flatMap(remembered => {
			const {node, fact} = remembered;
			return [`${node.name}: ${fact.ok ? `${fact.value.entries.length} entries` : 'not read'}`, ...untranslated(remembered)];
		}),
	);
};
