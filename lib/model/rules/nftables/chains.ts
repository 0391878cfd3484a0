import {cidrHolds} from '../../address.ts';
import {nameOf} from '../../state.ts';
import type {IpFamily} from '../../../target.ts';
import type {Endpoint, ServicePort} from '../../state.ts';
import type {Container, Part, Role} from '../graph.ts';
import type {LocalTraffic} from '../local-traffic.ts';
import {part} from '../part.ts';
import type {Policy} from '../policy.ts';
import {chainOf, setHeader, storeOf} from './containers.ts';
import {nftNames} from './names.ts';
import {anyOf, choices, dnat, local, markFor, random, wordsOf} from './words.ts';

export type NftChainFacts = {readonly family: IpFamily; readonly masqueradeBit: number; readonly localTraffic: LocalTraffic | undefined; readonly nodeIp: string | undefined};

const SOURCE_IS_NODE = 'fib saddr type local';

/** The chains and affinity sets of one port (syncProxyRules of pkg/proxy/nftables/proxier.go). */
export const nftChains = (port: ServicePort, policy: Policy, {family, masqueradeBit, localTraffic, nodeIp}: NftChainFacts): readonly Container[] => {
	const names = nftNames(port);
	const words = wordsOf(family);
	const about = nameOf(port);
	const mark = markFor(masqueradeBit);
	const proto = `meta l4proto ${port.protocol.toLowerCase()}`;
	const rule = (role: Role, ...pieces: readonly string[]): Part => part(pieces, {role, about});
	const chain = (name: string, ...parts: readonly Part[]): Container => chainOf(family, name, parts, about);
	const numbered = (endpoints: readonly Endpoint[], text: (endpoint: Endpoint) => string): string => choices(endpoints.map((endpoint, index) => [index, text(endpoint)]), endpoints.length);

	/** Without affinity the chain itself draws an endpoint and sends the packet there. */
	const choose = (endpoints: readonly Endpoint[]): readonly Part[] => port.affinitySeconds === undefined
		? [rule('endpoint', proto, `dnat to ${random(endpoints.length)} map ${numbered(endpoints, ({ip, port: number}) => `${ip} . ${number}`)}`)]
		: [
			...endpoints.map(endpoint => rule('affinity', `${words.source} @${names.affinity(endpoint)}`, `goto ${names.endpoint(endpoint)}`)),
			rule('endpoint', `${random(endpoints.length)} vmap ${numbered(endpoints, endpoint => `goto ${names.endpoint(endpoint)}`)}`),
		];

	const withAffinity = (endpoint: Endpoint, seconds: number): readonly Container[] => [
		storeOf(family, 'set', names.affinity(endpoint), {header: setHeader(words.addressType, seconds), about}),
		chain(names.endpoint(endpoint), rule('affinity', `update @${names.affinity(endpoint)} { ${words.source} }`), rule('endpoint', proto, dnat(endpoint))),
	];

	const shortCircuit = (): readonly Part[] => [
		...(localTraffic ? [rule('dispatch', local(words, localTraffic), `goto ${names.cluster}`)] : []),
		rule('masquerade', SOURCE_IS_NODE, mark),
		rule('dispatch', SOURCE_IS_NODE, `goto ${names.cluster}`),
	];

	const external = (): Container => chain(names.external,
		...(port.externalLocal ? shortCircuit() : [rule('masquerade', mark)]),
		...(policy.hasExternal ? [rule('dispatch', `goto ${port.externalLocal ? names.local : names.cluster}`)] : []));

	const firewall = (): Container => {
		const holdsNode = nodeIp !== undefined && port.sourceRanges.some(range => cidrHolds(range, nodeIp));
		return chain(names.firewall, rule('firewall', `${words.source} != ${anyOf([...port.sourceRanges, ...(holdsNode ? port.loadBalancerVIPs : [])])}`, 'drop'));
	};

	const {affinitySeconds} = port;
	return [
		...(policy.cluster.length > 0 ? [chain(names.cluster, ...choose(policy.cluster))] : []),
		...(policy.local.length > 0 ? [chain(names.local, ...choose(policy.local))] : []),
		...(policy.usesExternal ? [external()] : []),
		// Here also for a port without endpoints.
		...(port.loadBalancerVIPs.length > 0 && port.sourceRanges.length > 0 ? [firewall()] : []),
		...(affinitySeconds === undefined ? [] : policy.reachable.flatMap(endpoint => withAffinity(endpoint, affinitySeconds))),
	];
};
