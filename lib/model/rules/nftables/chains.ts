import {cidrHolds} from '../../address.ts';
import {has} from '../../minors.ts';
import {nameOf} from '../../state.ts';
import type {IpFamily} from '../../../target.ts';
import type {Endpoint, ServicePort} from '../../state.ts';
import type {Container, Part, Role} from '../graph.ts';
import type {LocalTraffic} from '../local-traffic.ts';
import {part} from '../part.ts';
import type {Policy} from '../policy.ts';
import {chainOf, setHeader, storeOf} from './containers.ts';
import {nftNames} from './names.ts';
import {anyOf, choices, dnat, fromElsewhere, local, masqueradeBy, random, wordsOf} from './words.ts';

export type NftChainFacts = {
	readonly family: IpFamily;
	readonly minor: number;
	readonly masqueradeAll: boolean;
	readonly masqueradeBit: number;
	readonly localTraffic: LocalTraffic | undefined;
	readonly nodeIp: string;
};

const SOURCE_IS_NODE = 'fib saddr type local';

/** The chains and affinity sets of one port (syncProxyRules of pkg/proxy/nftables/proxier.go). */
export const nftChains = (port: ServicePort, policy: Policy, facts: NftChainFacts): readonly Container[] => {
	const {family, minor, masqueradeBit, localTraffic, nodeIp} = facts;
	const names = nftNames(port);
	const words = wordsOf(family);
	const about = nameOf(port);
	const mark = masqueradeBy(masqueradeBit, minor);
	const {affinitySeconds} = port;
	const hasEndpointChains = affinitySeconds !== undefined || has('nftChainPerEndpoint', minor);
	const masqueradesHere = !has('nftSharedMasquerading', minor);
	const proto = `meta l4proto ${port.protocol.toLowerCase()}`;
	const rule = (role: Role, ...pieces: readonly string[]): Part => part(pieces, {role, about});
	const chain = (name: string, ...parts: readonly Part[]): Container => chainOf(family, name, parts, about);
	const numbered = (endpoints: readonly Endpoint[], text: (endpoint: Endpoint) => string): string =>
		choices(
			endpoints.map((endpoint, index) => [index, text(endpoint)]),
			endpoints.length,
		);

	/** Where endpoints have no chains, this one sends the packet to its only endpoint, or draws one. */
	const translate = (endpoints: readonly Endpoint[]): string => {
		const [only, ...others] = endpoints;
		return only && others.length === 0 && has('nftSingleWithoutMap', minor)
			? dnat(only)
			: `dnat to ${random(endpoints.length)} map ${numbered(endpoints, ({ip, port: number}) => `${ip} . ${number}`)}`;
	};

	const choose = (endpoints: readonly Endpoint[]): readonly Part[] =>
		hasEndpointChains
			? [
					...(affinitySeconds === undefined
						? []
						: endpoints.map(endpoint =>
								rule('affinity', `${words.source} @${names.affinity(endpoint)}`, `goto ${names.endpoint(endpoint)}`),
							)),
					rule(
						'endpoint',
						`${random(endpoints.length)} vmap ${numbered(endpoints, endpoint => `goto ${names.endpoint(endpoint)}`)}`,
					),
				]
			: [rule('endpoint', proto, translate(endpoints))];

	/** Traffic to the cluster address from outside goes through here to anywhere. */
	const masqueradeClusterIP = (): readonly Part[] =>
		fromElsewhere(words, facts).map(match => rule('masquerade', `${words.destination} ${port.clusterIP}`, match, mark));

	const policyChain = (kind: 'cluster' | 'local', endpoints: readonly Endpoint[]): readonly Container[] =>
		endpoints.length === 0
			? []
			: [
					chain(
						names[kind],
						...(masqueradesHere && policy.hasInternal && port.internalLocal === (kind === 'local')
							? masqueradeClusterIP()
							: []),
						...choose(endpoints),
					),
				];

	const ofEndpoint = (endpoint: Endpoint): readonly Container[] => [
		...(affinitySeconds === undefined
			? []
			: [storeOf(family, 'set', names.affinity(endpoint), {header: setHeader(words.addressType, affinitySeconds), about})]),
		chain(
			names.endpoint(endpoint),
			...(masqueradesHere ? [rule('masquerade', `${words.source} ${endpoint.ip}`, mark)] : []),
			...(affinitySeconds === undefined ? [] : [rule('affinity', `update @${names.affinity(endpoint)} { ${words.source} }`)]),
			rule('endpoint', proto, dnat(endpoint)),
		),
	];

	const shortCircuit = (): readonly Part[] => [
		...(localTraffic ? [rule('dispatch', local(words, localTraffic), `goto ${names.cluster}`)] : []),
		rule('masquerade', SOURCE_IS_NODE, mark),
		rule('dispatch', SOURCE_IS_NODE, `goto ${names.cluster}`),
	];

	const external = (): Container =>
		chain(
			names.external,
			...(port.externalLocal ? shortCircuit() : [rule('masquerade', mark)]),
			...(policy.hasExternal ? [rule('dispatch', `goto ${port.externalLocal ? names.local : names.cluster}`)] : []),
		);

	const firewall = (): Container => {
		const holdsNode = port.sourceRanges.some(range => cidrHolds(range, nodeIp));
		return chain(
			names.firewall,
			rule('firewall', `${words.source} != ${anyOf([...port.sourceRanges, ...(holdsNode ? port.loadBalancerVIPs : [])])}`, 'drop'),
		);
	};

	return [
		...policyChain('cluster', policy.cluster),
		...policyChain('local', policy.local),
		...(policy.usesExternal ? [external()] : []),
		// Here also for a port without endpoints.
		...(port.loadBalancerVIPs.length > 0 && port.sourceRanges.length > 0 ? [firewall()] : []),
		...(hasEndpointChains ? policy.reachable.flatMap(endpoint => ofEndpoint(endpoint)) : []),
	];
};
