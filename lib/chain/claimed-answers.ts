import type {ConntrackEntry, ConntrackTuple} from '../facts/parse/conntrack.ts';
import {canonicalIp, hostPort} from '../model/address.ts';
import {podIp} from '../model/pods.ts';
import {TRAITS} from '../model/modes/traits.ts';
import {conntrackOf} from './conntrack-of.ts';
import type {ChainFacts, WalkedNode} from './facts.ts';

const endsOf = ({source, sourcePort = 0, destination, destinationPort = 0}: ConntrackTuple) => ({
	from: hostPort(canonicalIp(source) ?? source, sourcePort),
	to: hostPort(canonicalIp(destination) ?? destination, destinationPort),
});

const remembered = (node: WalkedNode, family: ChainFacts['family']): readonly ConntrackEntry[] => {
	const fact = conntrackOf(node, family);
	return fact.ok ? fact.value.entries : [];
};

/** Of 120 s, so that what is older than a minute is not told: by then somebody else may be to blame. */
const LEAST_SECONDS_LEFT = 60;

/** Nobody has answered yet. */
const isAlone = ({protocol, state, flags, timeoutSeconds = 0}: ConntrackEntry): boolean =>
	protocol === 'tcp' ? state === 'SYN_SENT' && timeoutSeconds >= LEAST_SECONDS_LEFT : protocol === 'udp' && flags.includes('UNREPLIED');

const keyOf = (protocol: string, from: string, to: string): string => `${protocol} ${from} ${to}`;

/** Where ip_vs would send an answer on from: by protocol, who answers, and whom. */
const claimsOf = (node: WalkedNode, family: ChainFacts['family']): ReadonlyMap<string, string> => {
	const isClaiming = node.state.ok && TRAITS[node.state.value.mode].claimsDirectAnswers;
	const entries = isClaiming ? remembered(node, family) : [];
	return new Map(
		entries.flatMap(({protocol, original, reply}): readonly (readonly [string, string])[] => {
			const [asked, answered] = [endsOf(original), endsOf(reply)];
			return asked.to === answered.from ? [] : [[keyOf(protocol, answered.from, asked.from), asked.to]];
		}),
	);
};

/**
 * Connections in ipvs mode to a pod itself which a node on their way takes for older ones to a Service, from the same address and port to
 * the same pod: it sends the pod's answer on from the Service's address, and the client does not know it (ip_vs_core.c, handle_response).
 * A line for each that is unanswered, of the namespace's pods. A masquerade that draws its port at random meets such a one by chance.
 */
export const claimedAnswers = ({
	nodes,
	family,
	namespace,
	pods,
}: Pick<ChainFacts, 'nodes' | 'family' | 'namespace' | 'pods'>): readonly string[] => {
	const own = new Set(
		(pods.ok ? pods.value : []).filter(({metadata}) => metadata?.namespace === namespace).map(pod => podIp(pod, family)),
	);
	const claims = nodes.map(node => ({name: node.name, by: claimsOf(node, family)})).filter(({by}) => by.size > 0);
	if (claims.length === 0) return [];
	const hanging = nodes.flatMap(client =>
		remembered(client, family)
			.filter(entry => isAlone(entry) && own.has(canonicalIp(entry.reply.source) ?? entry.reply.source))
			.map(({protocol, original, reply}) => ({at: client.name, protocol, to: endsOf(original).to, answer: endsOf(reply)})),
	);
	return hanging.flatMap(({at, protocol, to, answer: {from: pod, to: asker}}) =>
		claims.flatMap(({name, by}) => {
			const service = by.get(keyOf(protocol, pod, asker));
			// By a Service it is answered from there, and by the same entry.
			if (service === undefined || service === to) return [];
			const answer = `what ${pod} answers ${asker} (${protocol}, unanswered at ${at})`;
			return [`ip_vs of ${name} takes ${answer} for an answer of ${service}, as it remembers a connection from there`];
		}),
	);
};
