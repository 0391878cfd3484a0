import {clusterStateOf} from '../gather/cluster-state.ts';
import {needed} from '../gather/fact.ts';
import {gatherApi} from '../gather/gather-api.ts';
import {clientSees} from '../model/client-sees.ts';
import {podIp} from '../model/pods.ts';
import type {ClusterState} from '../model/state.ts';
import type {Packet} from '../model/verdict.ts';
import {verdictsOf} from '../model/verdict-of.ts';
import type {Expected} from '../probe/judge.ts';
import type {Destination, Vantage} from '../probe/vantage.ts';
import {ofFamily} from './ip.ts';
import type {TestNode, Testbed} from './testbed.ts';

/** Connections to an address, and the node whose rules decide over them: that of the pod or node that they come from, or the one that they reach from outside. */
export type Way = {readonly node: Pick<TestNode, 'name' | 'ip'>; readonly kind: Packet['from']; readonly from: Pick<Vantage, 'ips'>; readonly to: Destination};

/** What the model says must become of connections. */
export type Expectations = {
	/**
	 * `refusedWithinMs`: how soon a refusal must come; the model knows no times. Throws RangeError where the model gives no single answer
	 * (some backends answer, others do not) or one that no probe can have (a black hole).
	 */
	of(way: Way, refusedWithinMs?: number): Expected;
};

type Seen = {readonly state: ClusterState; /** By address. */ readonly names: ReadonlyMap<string, string>};

/** A refusal by a rule is one round trip; a machine that is busy takes its time. */
const REFUSED_WITHIN_MS = 1000;

/** The model's answer about a packet, as a probe is judged by it. Pure. */
export const expectedOf = ({state, names}: Seen, node: string, packet: Packet, refusedWithinMs = REFUSED_WITHIN_MS): Expected => {
	const verdict = verdictsOf(state, node)(packet);
	const seen = clientSees(state, node, packet, verdict);
	if (seen === 'refused') return {outcome: 'refused', withinMs: refusedWithinMs};
	if (seen !== 'answer' || verdict.kind !== 'backends') throw new RangeError(`the model expects no answer of ${packet.destination}:${packet.port}/${packet.protocol} from ${packet.from} at ${node}, but ${seen}: ${verdict.because}`);
	return {outcome: 'answered', by: verdict.backends.map(({ip}) => names.get(ip) ?? ip)};
};

/** Reads the API as it is now and answers from the model: to be asked when the set-up is complete, before anything is broken. */
export const expectations = async ({kube, namespace, family}: Pick<Testbed, 'kube' | 'namespace' | 'family'>): Promise<Expectations> => {
	const api = await gatherApi(kube);
	const names = new Map(needed('the pods are not known', api.pods).items.filter(({metadata}) => metadata?.namespace === namespace).flatMap(pod => {
		const ip = podIp(pod, family);
		return ip === undefined ? [] : [[ip, pod.metadata?.name ?? ip] as const];
	}));
	const seen = {state: clusterStateOf(api), names};
	return {of({node, kind, from, to}, refusedWithinMs) {
		// A node has several addresses; towards a Service it takes its own.
		const source = kind === 'node' ? node.ip : ofFamily(from.ips, family) ?? '';
		return expectedOf(seen, node.name, {protocol: to.protocol ?? 'TCP', from: kind, source, destination: to.ip, port: to.port}, refusedWithinMs);
	}};
};
