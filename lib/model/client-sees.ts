import {canonicalIp, isLoopback} from './address.ts';
import type {ClusterState} from './state.ts';
import type {Backend, Packet, Verdict} from './verdict.ts';

/**
 * What becomes of a connection at its client. `some answers`: it depends on the backend. `unknown`: not kube-proxy's to say, or now one
 * failure, now another.
 */
export type Seen = 'answer' | 'some answers' | 'refused' | 'timeout' | 'unknown';

/** Of the node's own endpoints, and its own: what listens there may be an endpoint without a node. */
const addressesOn = ({slices, nodes}: ClusterState, node: string): ReadonlySet<string> =>
	new Set(
		[
			...slices
				.flatMap(({endpoints = []}) => endpoints ?? [])
				.filter(({nodeName}) => nodeName === node)
				.map(({addresses}) => addresses[0] ?? ''),
			...nodes
				.filter(({metadata}) => metadata?.name === node)
				.flatMap(({status}) => status?.addresses ?? [])
				.filter(({type}) => type === 'InternalIP')
				.map(({address}) => address),
		].flatMap(ip => canonicalIp(ip) ?? []),
	);

const vipsOf = ({services}: ClusterState): ReadonlySet<string> =>
	new Set(
		services
			.flatMap(({spec, status}) => [
				spec?.clusterIP ?? '',
				...(spec?.clusterIPs ?? []),
				...(spec?.externalIPs ?? []),
				...(status?.loadBalancer?.ingress ?? []).map(({ip = ''}) => ip),
			])
			.flatMap(ip => canonicalIp(ip) ?? []),
	);

/**
 * What a client sees of a verdict that a working network and working backends carry out. An answer must come back through the node that
 * rewrote the destination: a backend elsewhere that sees a stranger's address answers it directly, from an address that the client never
 * spoke to, and the client discards that. So does one that sees a Service's address, for with ipvs every node has it (kubernetes#93456);
 * nobody takes what comes from a loopback address.
 */
export const clientSees = (state: ClusterState, node: string, packet: Packet, verdict: Verdict): Seen => {
	const {from, source} = packet;
	if (verdict.kind === 'refused') return 'refused';
	if (verdict.kind === 'dropped') return 'timeout';
	if (verdict.kind === 'mixed') {
		const seen = new Set(verdict.parts.map(part => clientSees(state, node, packet, part.verdict)));
		if (seen.size === 1) return [...seen][0]!;
		return !seen.has('unknown') && (seen.has('answer') || seen.has('some answers')) ? 'some answers' : 'unknown';
	}

	if (verdict.kind !== 'backends') return 'unknown';
	const here = isLoopback(source) ? new Set<string>() : addressesOn(state, node);
	const comesBack = !isLoopback(source) && (from === 'pod' || (from === 'node' && !vipsOf(state).has(canonicalIp(source) ?? source)));
	const answers = verdict.backends.filter(
		(backend: Backend) => backend.source === 'rewritten' || here.has(backend.ip) || comesBack,
	).length;
	if (answers === 0) return 'timeout';
	return answers === verdict.backends.length ? 'answer' : 'some answers';
};
