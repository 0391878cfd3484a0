import {STATE_FACTS} from '../gather/cluster-state.ts';
import {needed} from '../facts/fact.ts';
import {gatherApi} from '../gather/gather-api.ts';
import {clientSees} from '../model/client-sees.ts';
import {podIp} from '../model/pods.ts';
import type {ClusterState} from '../model/state.ts';
import type {Backend, Packet} from '../model/verdict.ts';
import {verdictsOf} from '../model/verdict-of.ts';
import type {Expected} from '../probe/judge.ts';
import type {Destination, Vantage} from '../probe/vantage.ts';
import {ofFamily} from '../ip.ts';
import {stateOf} from './cluster-state.ts';
import type {TestNode, Testbed} from './testbed.ts';

/**
 * Connections to an address, and the node whose rules decide over them: that of the pod or node that they come from, or the one that they
 * reach from outside.
 */
export type Way = {
	readonly node: Pick<TestNode, 'name' | 'ip'>;
	readonly kind: Packet['from'];
	readonly from: Pick<Vantage, 'ips'>;
	readonly to: Destination;
	/** All addresses of the node's interfaces, where it is asked which source a backend sees. */
	readonly addresses?: readonly string[];
	/** Addresses of the node that the API does not tell. */
	readonly alsoLocal?: readonly string[];
};

/** What is asked of a way beyond its outcome. */
export type AnswerWish = {
	/** How soon a refusal must come; the model knows no times. Left out: REFUSED_WITHIN_MS, or what the kernel makes of it. */
	readonly refusedWithinMs?: number;
	/** Also the address that a backend must see: the client's own, or one of the node that decides. */
	readonly sources?: boolean;
	/** That nothing comes back, or that it is nobody's, is an answer too. Left out: it is an error, for a check that expects one. */
	readonly timeouts?: boolean;
	/** No program of the nodes listens there: what is delivered to one is refused. Left out: an error, as nobody knows what listens. */
	readonly nobodyListens?: boolean;
};

/** What the model says must become of connections. */
export type Expectations = {
	/**
	 * Throws RangeError where the model gives no single answer (some backends answer, others do not) or one that no probe can have:
	 * a black hole, unless the wish allows it.
	 */
	of(way: Way, wish?: AnswerWish): Expected;
};

type Seen = {readonly state: ClusterState; /** By address. */ readonly names: ReadonlyMap<string, string>};

/**
 * A refusal by a rule is one round trip. The first may stay away: the kernel sends one client 6 ICMP errors at once, then one a second
 * (REFUSAL_PAUSE_MS), whatever check used them up; and over IPv6 the client's socket is still held by its own connect when it comes
 * (measured, Linux 6.18). The second SYN, 1.0 s after the first, gets its own; the third would be sent after 3 s.
 */
const REFUSED_WITHIN_MS = 2500;

type Sources = Pick<Extract<Expected, {outcome: 'answered'}>, 'sources'>;

/** The model's answer about a packet, as a probe is judged by it. Pure. */
export const expectedOf = (
	{state, names}: Seen,
	node: string,
	packet: Packet,
	{
		refusedWithinMs = REFUSED_WITHIN_MS,
		timeouts = false,
		nobodyListens = false,
		ownAddresses,
		localAddresses = [],
	}: Omit<AnswerWish, 'sources'> & {ownAddresses?: readonly string[]; localAddresses?: readonly string[]} = {},
): Expected => {
	const verdict = verdictsOf(state, node, {localAddresses})(packet);
	const seen = clientSees(state, node, packet, verdict);
	if (seen === 'refused' || (verdict.kind === 'node' && nobodyListens)) return {outcome: 'refused', withinMs: refusedWithinMs};
	if (seen === 'timeout' && timeouts) return {outcome: 'timeout'};
	if (verdict.kind === 'leaves' && timeouts) return {outcome: 'unanswered'};
	if (seen !== 'answer' || verdict.kind !== 'backends')
		throw new RangeError(
			`the model expects no answer of ${packet.destination}:${packet.port}/${packet.protocol} from ${packet.from} at ` +
				`${node}, but ${seen}: ${verdict.because}`,
		);
	const by = verdict.backends.map(({ip}) => names.get(ip) ?? ip);
	if (!ownAddresses) return {outcome: 'answered', by};
	const sourcesOf = ({source}: Backend): readonly string[] => (source === 'rewritten' ? ownAddresses : [packet.source]);
	const sources: Sources = {sources: Object.fromEntries(verdict.backends.map((one, index) => [by[index], sourcesOf(one)]))};
	return {outcome: 'answered', by, ...sources};
};

/** Reads the API as it is now and answers from the model: to be asked when the set-up is complete, before anything is broken. */
export const expectations = async (testbed: Pick<Testbed, 'kube' | 'namespace' | 'family' | 'nodes' | 'signal'>): Promise<Expectations> => {
	const {kube, namespace, family} = testbed;
	const api = await gatherApi(kube, [...STATE_FACTS, 'pods']);
	const names = new Map(
		needed('the pods are not known', api.pods)
			.items.filter(({metadata}) => metadata?.namespace === namespace)
			.flatMap(pod => {
				const ip = podIp(pod, family);
				// A pod in its node's network answers with the node's name.
				const name = pod.spec?.hostNetwork ? pod.spec.nodeName : pod.metadata?.name;
				return ip === undefined ? [] : [[ip, name ?? ip] as const];
			}),
	);
	const seen = {state: await stateOf(api, testbed), names};
	return {
		of({node, kind, from, to, addresses = [node.ip], alsoLocal = []}, {sources = false, ...wish} = {}) {
			// A node has several addresses; towards a Service it takes its own.
			const source = kind === 'node' ? node.ip : (ofFamily(from.ips, family) ?? '');
			return expectedOf(
				seen,
				node.name,
				{protocol: to.protocol ?? 'TCP', from: kind, source, destination: to.ip, port: to.port},
				{...wish, localAddresses: alsoLocal, ...(sources && {ownAddresses: addresses})},
			);
		},
	};
};
