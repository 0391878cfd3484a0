import {cidrHolds, hostPort} from '../../address.ts';
import {nameOf} from '../../state.ts';
import type {IpFamily} from '../../../target.ts';
import type {Endpoint, ServicePort} from '../../state.ts';
import type {Container, Part, Role} from '../graph.ts';
import type {LocalTraffic} from '../local-traffic.ts';
import {container, part} from '../part.ts';
import type {Policy} from '../policy.ts';
import {NO_TARGET, probability} from './canonical.ts';
import {chainNames} from './names.ts';
import {from, jump, local, protocol, recent, to} from './words.ts';

export type ChainFacts = {
	readonly family: IpFamily;
	readonly masqueradeAll: boolean;
	readonly localTraffic: LocalTraffic | undefined;
	readonly nodeIp: string;
};

const MARK = jump('KUBE-MARK-MASQ');
const SOURCE_IS_NODE = '-m addrtype --src-type LOCAL';

/** The chains of one port: KUBE-SVC, KUBE-SVL, KUBE-EXT, KUBE-FW and KUBE-SEP (syncProxyRules of pkg/proxy/iptables/proxier.go). */
export const iptablesChains = (
	port: ServicePort,
	policy: Policy,
	{family, masqueradeAll, localTraffic, nodeIp}: ChainFacts,
): readonly Container[] => {
	const names = chainNames(port);
	const about = nameOf(port);
	const rule = (role: Role, ...pieces: readonly string[]): Part => part(pieces, {role, about});
	const chain = (name: string, role: Role, parts: readonly Part[], ordered = true): Container =>
		container({where: `nat ${name}`, kind: 'chain', ordered, role, about, parts});

	/** Off-cluster traffic to the cluster address goes through here to anywhere, so it is masqueraded. */
	const masqueradeClusterIP = (): readonly Part[] => {
		const outer = localTraffic && local(localTraffic, true);
		if (!masqueradeAll && !outer) return [];
		const {source = '', interface: device = ''} = masqueradeAll ? {} : (outer ?? {});
		return [rule('masquerade', source, to(port.clusterIP), device, protocol(port.protocol, port.port), MARK)];
	};

	const choose = (endpoints: readonly Endpoint[]): readonly Part[] => [
		...(port.affinitySeconds === undefined
			? []
			: endpoints.map(endpoint => {
					const name = names.endpoint(endpoint);
					return rule('affinity', recent(`--rcheck --seconds ${port.affinitySeconds} --reap`, name, family), jump(name));
				})),
		...endpoints.map((endpoint, index) => {
			const left = endpoints.length - index;
			const name = names.endpoint(endpoint);
			const pieces = [
				left === 1 ? '' : `-m statistic --mode random --probability ${probability(Number((1 / left).toFixed(10)))}`,
				jump(name),
			];
			return part(pieces, {role: 'endpoint', about, share: {to: name, of: 1 / endpoints.length}});
		}),
	];

	const policyChain = (kind: 'cluster' | 'local', endpoints: readonly Endpoint[]): readonly Container[] =>
		endpoints.length === 0
			? []
			: [
					chain(names[kind], 'endpoint', [
						...(policy.hasInternal && port.internalLocal === (kind === 'local') ? masqueradeClusterIP() : []),
						...choose(endpoints),
					]),
				];

	const shortCircuit = (): readonly Part[] => {
		const inner = localTraffic && local(localTraffic);
		return [
			...(inner ? [rule('dispatch', inner.source, inner.interface, jump(names.cluster))] : []),
			rule('masquerade', SOURCE_IS_NODE, MARK),
			rule('dispatch', SOURCE_IS_NODE, jump(names.cluster)),
		];
	};

	const external = (): Container =>
		chain(names.external, 'dispatch', [
			...(port.externalLocal ? shortCircuit() : [rule('masquerade', MARK)]),
			...(policy.hasExternal ? [rule('dispatch', jump(port.externalLocal ? names.local : names.cluster))] : []),
		]);

	const firewall = (): Container => {
		const holdsNode = port.sourceRanges.some(range => cidrHolds(range, nodeIp));
		const sources = [...port.sourceRanges, ...(holdsNode ? port.loadBalancerVIPs : [])];
		// The last rule does nothing; its comment says that the rest is dropped in KUBE-PROXY-FIREWALL.
		return chain(
			names.firewall,
			'firewall',
			[...sources.map(source => rule('firewall', from(source), jump(names.external))), rule('firewall', NO_TARGET)],
			false,
		);
	};

	const endpointChain = (endpoint: Endpoint): Container => {
		const name = names.endpoint(endpoint);
		return chain(name, 'endpoint', [
			rule('masquerade', from(endpoint.ip), MARK),
			rule(
				'endpoint',
				protocol(port.protocol),
				port.affinitySeconds === undefined ? '' : recent('--set', name, family),
				jump(`DNAT --to-destination ${hostPort(endpoint.ip, endpoint.port)}`),
			),
		]);
	};

	return [
		...policyChain('cluster', policy.cluster),
		...policyChain('local', policy.local),
		...(policy.usesExternal ? [external()] : []),
		...(policy.hasEndpoints && port.loadBalancerVIPs.length > 0 && port.sourceRanges.length > 0 ? [firewall()] : []),
		...policy.reachable.map(endpoint => endpointChain(endpoint)),
	];
};
