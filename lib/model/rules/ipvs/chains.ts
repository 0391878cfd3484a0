import type {NodeView} from '../../node-view.ts';
import {allowsNode} from '../../source-ranges.ts';
import {nameOf} from '../../state.ts';
import type {ServicePort} from '../../state.ts';
import type {IpFamily} from '../../../target.ts';
import type {Container, Part, Role} from '../graph.ts';
import type {LocalTraffic} from '../local-traffic.ts';
import {chain, forwardAccepts, jumpFrom, markMasq, markOf, masqueradeMarked, noMartians, rule} from '../iptables/shared.ts';
import {from, jump, local, protocol} from '../iptables/words.ts';
import {part} from '../part.ts';
import {setName} from './sets.ts';
import type {SetKey} from './sets.ts';

export type IpvsChainFacts = {
	readonly family: IpFamily;
	readonly masqueradeAll: boolean;
	readonly masqueradeBit: number;
	readonly localTraffic: LocalTraffic | undefined;
	/** Sets that hold something: many rules are there for those alone. */
	readonly filled: ReadonlySet<SetKey>;
	readonly randomFully: boolean;
};

const LOCALHOST = {ipv4: '127.0.0.0/8', ipv6: '::1/128'} as const;
const REJECT = {ipv4: 'REJECT --reject-with icmp-port-unreachable', ipv6: 'REJECT --reject-with icmp6-port-unreachable'} as const;
const TO_NODE = '-m addrtype --dst-type LOCAL';
const MARK = jump('KUBE-MARK-MASQ');
const ACCEPT = jump('ACCEPT');
const RETURN = jump('RETURN');

/** Jumps from the built-in chains (iptablesJumpChain of pkg/proxy/ipvs/proxier.go). */
const JUMPS: ReadonlyArray<readonly [table: string, source: string, target: string]> = [
	...['OUTPUT', 'PREROUTING'].map(source => ['nat', source, 'KUBE-SERVICES'] as const),
	['nat', 'POSTROUTING', 'KUBE-POSTROUTING'],
	['filter', 'FORWARD', 'KUBE-FORWARD'],
	['filter', 'INPUT', 'KUBE-NODE-PORT'],
	...['INPUT', 'FORWARD'].map(source => ['filter', source, 'KUBE-PROXY-FIREWALL'] as const),
	['filter', 'INPUT', 'KUBE-IPVS-FILTER'],
	['filter', 'OUTPUT', 'KUBE-IPVS-OUT-FILTER'],
];

/** What kubelet holds in the same tables; of IPv6 nothing (syncIPTablesRules of pkg/kubelet/kubelet_network_linux.go). */
const ofKubelet = (family: IpFamily): readonly Container[] =>
	family === 'ipv6'
		? []
		: [
				...['INPUT', 'OUTPUT'].map(source => jumpFrom('filter', source, 'KUBE-FIREWALL')),
				chain('filter KUBE-FIREWALL', 'firewall', [noMartians()]),
			];

/**
 * Which traffic to cluster addresses is masqueraded: all; what is not of this node's pods; or, where that cannot be told, what the node
 * itself sends, which has the address of a Service.
 */
const toClusterIp = ({masqueradeAll, localTraffic}: IpvsChainFacts): {readonly traffic: readonly string[]; readonly directions: string} => {
	if (masqueradeAll) return {traffic: [], directions: 'dst,dst'};
	if (!localTraffic) return {traffic: [], directions: 'src,dst'};
	const {source, interface: device} = local(localTraffic, true);
	return {traffic: [source, device], directions: 'dst,dst'};
};

/**
 * The node's own packets to a load balancer's address of which no range holds the node's: ipvs has given them that address as their source.
 */
export const outFilter = (ports: readonly ServicePort[], view: NodeView): Container =>
	chain(
		'filter KUBE-IPVS-OUT-FILTER',
		'firewall',
		ports
			.filter(port => port.sourceRanges.length > 0 && !allowsNode(port, view))
			.flatMap(port =>
				port.loadBalancerVIPs.map(ip =>
					part([from(ip), `-m ipvs --vproto ${port.protocol.toLowerCase()} --vaddr ${ip} --vport ${port.port}`, jump('DROP')], {
						role: 'firewall',
						about: nameOf(port),
					}),
				),
			),
		false,
	);

/**
 * The chains of ipvs mode, in their order (writeIptablesRules of pkg/proxy/ipvs/proxier.go), but for the one that names Services; there is
 * no canary.
 */
export const ipvsChains = (facts: IpvsChainFacts): readonly Container[] => {
	const {family, filled, randomFully} = facts;
	const mark = markOf(facts.masqueradeBit);
	const inSet = (key: SetKey, directions: string): string => `-m set --match-set ${setName(key, family)} ${directions}`;
	/** Rules for a set, if it holds something. */
	const where = (key: SetKey, ...rules: readonly Part[]): readonly Part[] => (filled.has(key) ? rules : []);
	const forSet = (key: SetKey, directions: string, role: Role, target: string, ...before: readonly string[]): readonly Part[] =>
		where(key, rule(role, ...before, inSet(key, directions), target));
	const {traffic, directions} = toClusterIp(facts);
	// What does not come over a bridge or from the node, and what is the node's own.
	const external = (key: SetKey): readonly Part[] =>
		where(
			key,
			rule('dispatch', '-m addrtype ! --src-type LOCAL', '-m physdev ! --physdev-is-in', inSet(key, 'dst,dst'), ACCEPT),
			rule('dispatch', TO_NODE, inSet(key, 'dst,dst'), ACCEPT),
		);
	const nodePorts = (['TCP', 'UDP', 'SCTP'] as const).flatMap(name => {
		const [all, alone, ends]: readonly [SetKey, SetKey, string] =
			name === 'SCTP'
				? ['NODE-PORT-SCTP-HASH', 'NODE-PORT-LOCAL-SCTP-HASH', 'dst,dst']
				: [`NODE-PORT-${name}`, `NODE-PORT-LOCAL-${name}`, 'dst'];
		return [...forSet(alone, ends, 'dispatch', RETURN, protocol(name)), ...forSet(all, ends, 'masquerade', MARK, protocol(name))];
	});
	return [
		...JUMPS.map(([table, source, target]) => jumpFrom(table, source, target)),
		...ofKubelet(family),
		chain('nat KUBE-SERVICES', 'dispatch', [
			rule('dispatch', from(LOCALHOST[family]), RETURN),
			...forSet('LOAD-BALANCER', 'dst,dst', 'dispatch', jump('KUBE-LOAD-BALANCER')),
			...forSet('CLUSTER-IP', directions, 'masquerade', MARK, ...traffic),
			...forSet('EXTERNAL-IP', 'dst,dst', 'masquerade', MARK),
			...external('EXTERNAL-IP'),
			...external('EXTERNAL-IP-LOCAL'),
			rule('dispatch', TO_NODE, jump('KUBE-NODE-PORT')),
			...forSet('CLUSTER-IP', 'dst,dst', 'dispatch', ACCEPT),
			...forSet('LOAD-BALANCER', 'dst,dst', 'dispatch', ACCEPT),
		]),
		chain('nat KUBE-LOAD-BALANCER', 'dispatch', [
			...forSet('LOAD-BALANCER-LOCAL', 'dst,dst', 'dispatch', RETURN),
			rule('masquerade', MARK),
		]),
		chain('nat KUBE-NODE-PORT', 'dispatch', nodePorts),
		chain('nat KUBE-POSTROUTING', 'masquerade', [
			...forSet('LOOP-BACK', 'dst,dst,src', 'masquerade', jump('MASQUERADE')),
			...masqueradeMarked(mark, randomFully),
		]),
		markMasq(mark),
		chain('filter KUBE-FORWARD', 'frame', forwardAccepts(mark)),
		chain('filter KUBE-NODE-PORT', 'health', [rule('health', inSet('HEALTH-CHECK-NODE-PORT', 'dst'), ACCEPT)]),
		chain(
			'filter KUBE-PROXY-FIREWALL',
			'firewall',
			forSet('LOAD-BALANCER-FW', 'dst,dst', 'firewall', jump('KUBE-SOURCE-RANGES-FIREWALL')),
		),
		chain('filter KUBE-SOURCE-RANGES-FIREWALL', 'firewall', [
			...forSet('LOAD-BALANCER-SOURCE-CIDR', 'dst,dst,src', 'firewall', RETURN),
			...forSet('LOAD-BALANCER-SOURCE-IP', 'dst,dst,src', 'firewall', RETURN),
			rule('firewall', jump('DROP')),
		]),
		chain('filter KUBE-IPVS-FILTER', 'firewall', [
			...(['LOAD-BALANCER', 'CLUSTER-IP', 'EXTERNAL-IP', 'EXTERNAL-IP-LOCAL'] as const).map(key =>
				rule('firewall', inSet(key, 'dst,dst'), RETURN),
			),
			rule('firewall', inSet('HEALTH-CHECK-NODE-PORT', 'dst'), RETURN),
			rule('firewall', '-m conntrack --ctstate NEW', inSet('IPVS-IPS', 'dst'), jump(REJECT[family])),
		]),
	];
};
