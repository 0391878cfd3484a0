import {canonicalIp, hostPort} from '../model/address.ts';
import {podIp} from '../model/pods.ts';
import type {Protocol} from '../model/state.ts';
import type {Packet, Verdict} from '../model/verdict.ts';
import {difference} from '../trace/agree.ts';
import {legsOf} from '../trace/legs.ts';
import {tracedNode, type TracedNode} from '../trace/traced-node.ts';
import {TransportError} from '../shell/shell.ts';
import {UsageError} from '../usage.ts';
import type {FactName, FactValues} from './facts.ts';
import {splitName} from './service-chain.ts';
import type {Snapshot} from './snapshot.ts';
import {seenNodes, stateFrom} from './views/nodes.ts';
import {fullName, portText} from './views/objects.ts';

/** What a trace looks at, beside the nodes. */
export const TRACE_FACTS: readonly FactName[] = ['version', 'services', 'slices', 'nodes', 'pods', 'serviceCIDRs', 'proxyConfig'];

/** A node on the way, and what becomes of the packet there. */
export type TracedLeg = {
	readonly node: string;
	readonly packet: Packet;
	/** By the rules that were dumped; the rule that decides is quoted. */
	readonly rules: Verdict;
	/** By the API's objects. */
	readonly wanted: Verdict;
	/** How the two differ; left out: they agree. */
	readonly difference?: string;
};

export type TracedPacket = {
	readonly from: string;
	readonly to: string;
	readonly legs: readonly TracedLeg[];
	readonly agrees: boolean;
};

const valueOf = <Name extends FactName>({facts}: Snapshot, name: Name): FactValues[Name] => {
	const fact = facts[name];
	if (!fact?.ok)
		throw new UsageError(`trace needs to know of ${name}: ${fact ? `${fact.source}: ${fact.why}` : 'it is not in this snapshot'}`);
	return fact.value as FactValues[Name];
};

type Goal = {
	readonly destination: string;
	readonly port: number;
	readonly protocol: Protocol;
	readonly words: string;
};

/** Throws UsageError for what is neither a Service nor an address. */
const goalOf = (snapshot: Snapshot, to: string): Goal => {
	const [, bracketed, plain, number, by = 'tcp'] = /^(?:\[([^\]]+)\]|([^:/]+)):(\d+)(?:\/(tcp|udp|sctp))?$/i.exec(to) ?? [];
	const address = canonicalIp(bracketed ?? plain ?? '');
	if (address !== undefined) return {destination: address, port: Number(number), protocol: by.toUpperCase() as Protocol, words: to};
	const [, name = '', wanted] = /^([^/]+\/[^/:]+)(?::(.+))?$/.exec(to) ?? [];
	if (name === '') throw new UsageError(`--to ${to}: write NAMESPACE/SERVICE[:PORT] or ADDRESS:PORT[/udp]`);
	const service = valueOf(snapshot, 'services').find(each => fullName(each) === name);
	if (!service) throw new UsageError(`--to ${to}: there is no Service ${name}`);
	const ports = service.spec?.ports ?? [];
	const port = wanted === undefined ? ports[0] : ports.find(each => each.name === wanted || `${each.port}` === wanted);
	const ip = canonicalIp(service.spec?.clusterIP ?? '');
	if (!port) throw new UsageError(`--to ${to}: Service ${name} has ${ports.map(portText).join(', ') || 'no port'}`);
	if (ip === undefined) throw new UsageError(`--to ${to}: Service ${name} has no ClusterIP`);
	return {
		destination: ip,
		port: port.port,
		protocol: (port.protocol ?? 'TCP') as Protocol,
		words: `Service ${name} (${hostPort(ip, port.port)}/${port.protocol ?? 'TCP'})`,
	};
};

type Start = {
	readonly node: string;
	readonly from: Packet['from'];
	readonly source: string;
	readonly words: string;
};

/** Throws UsageError for a client that does not exist. */
const startOf = (snapshot: Snapshot, from: string, {destination}: Goal): Start => {
	const family = destination.includes(':') ? 'ipv6' : 'ipv4';
	const [, own] = /^node:(.+)$/.exec(from) ?? [];
	const [, outside, entry] = /^([^@]+)@(.+)$/.exec(from) ?? [];
	const nodes = valueOf(snapshot, 'nodes');
	if (own !== undefined || entry !== undefined) {
		const node = nodes.find(({metadata}) => metadata?.name === (own ?? entry));
		if (!node) throw new UsageError(`--from ${from}: there is no node ${own ?? entry}; there are ${nodes.map(fullName).join(', ')}`);
		const address =
			own === undefined
				? canonicalIp(outside ?? '')
				: (node.status?.addresses ?? []).find(
						each => each.type === 'InternalIP' && each.address.includes(':') === (family === 'ipv6'),
					)?.address;
		if (address === undefined) throw new UsageError(`--from ${from}: no address of the family of ${destination}`);
		return {
			node: fullName(node),
			from: own === undefined ? 'outside' : 'node',
			source: address,
			words: own === undefined ? `${address}, which comes to ${entry}` : `node ${own}`,
		};
	}
	const {namespace, name} = splitName(from, '--from');
	const pod = valueOf(snapshot, 'pods').find(each => fullName(each) === `${namespace}/${name}`);
	const source = pod && podIp(pod, family);
	if (!pod?.spec?.nodeName || source === undefined)
		throw new UsageError(`--from ${from}: there is no such pod with an address and a node`);
	return {
		node: pod.spec.nodeName,
		from: pod.spec.hostNetwork ? 'node' : 'pod',
		source,
		words: `pod ${from} (${source} on ${pod.spec.nodeName})`,
	};
};

const tracedNodes = (snapshot: Snapshot, needed: string): readonly TracedNode[] => {
	const evidence = snapshot.facts.nodeEvidence;
	if (!evidence?.ok) throw new UsageError('trace reads the rules of nodes: say how with --nodes, --evidence <dir> or --reuse <cluster>');
	const {serviceCIDRs, proxyConfig, version} = snapshot.facts;
	return seenNodes(evidence.value).flatMap(({name, facts}) => {
		const state = stateFrom(
			{
				services: valueOf(snapshot, 'services'),
				slices: valueOf(snapshot, 'slices'),
				nodes: valueOf(snapshot, 'nodes'),
				...(proxyConfig?.ok && {proxyConfig: proxyConfig.value}),
				...(version?.ok && {version: version.value}),
				...(serviceCIDRs?.ok && {serviceCIDRs: serviceCIDRs.value}),
			},
			facts,
		);
		try {
			if (!state.ok) throw new TransportError(state.why);
			return [tracedNode(name, state.value, facts)];
		} catch (error) {
			if (!(error instanceof TransportError)) throw error;
			if (name === needed) throw new UsageError(`trace: ${error.message}`, {cause: error});
			return [];
		}
	});
};

/** Follows one packet through the rules of the nodes that it passes. Throws UsageError, in one line, for what is not known. */
export const traceOf = (snapshot: Snapshot, {from, to}: {readonly from: string; readonly to: string}): TracedPacket => {
	const goal = goalOf(snapshot, to);
	const start = startOf(snapshot, from, goal);
	const nodes = tracedNodes(snapshot, start.node);
	const node = nodes.find(({name}) => name === start.node);
	if (!node)
		throw new UsageError(
			`trace: nothing is known of ${start.node}; there is evidence of ${nodes.map(({name}) => name).join(', ') || 'no node'}`,
		);
	const packet: Packet = {
		protocol: goal.protocol,
		from: start.from,
		source: start.source,
		destination: goal.destination,
		port: goal.port,
	};
	const legs = legsOf(packet, node, nodes).map(({node: {name}, packet: sent, model, trace}): TracedLeg => {
		const differs = difference(model, trace);
		return {node: name, packet: sent, rules: trace, wanted: model, ...(differs !== undefined && {difference: differs})};
	});
	return {from: start.words, to: goal.words, legs, agrees: legs.every(leg => leg.difference === undefined)};
};
