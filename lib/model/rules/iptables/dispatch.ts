import {nameOf} from '../../state.ts';
import type {ServicePort} from '../../state.ts';
import type {Container, Part, Role} from '../graph.ts';
import {container, part} from '../part.ts';
import type {Policy} from '../policy.ts';
import {chainNames} from './names.ts';
import {jump, nfacct, protocol, to} from './words.ts';

export type DispatchFacts = {readonly reject: string; /** Counts what comes to NodePorts over 127/8. */ readonly countsLocalhost: boolean};

/** Rules of a port in the chains that all Services share: where its traffic goes, is refused, dropped or let through. */
export const iptablesDispatch = (port: ServicePort, policy: Policy, {reject, countsLocalhost}: DispatchFacts): readonly Container[] => {
	const {hasEndpoints, hasInternal, hasExternal} = policy;
	const names = chainNames(port);
	const about = nameOf(port);
	const inChain = (where: string, role: Role, ...pieces: readonly string[]): Container => {
		const parts: readonly Part[] = [part(pieces, {role, about})];
		return container({where, kind: 'chain', ordered: false, role, parts});
	};
	const at = (ip: string): readonly string[] => [to(ip), protocol(port.protocol, port.port)];
	// No endpoint anywhere: refused; none here, which the policy asks for: dropped.
	const dead = jump(hasEndpoints ? 'DROP' : reject);
	const hasFirewall = hasEndpoints && port.sourceRanges.length > 0;

	const toCluster = hasInternal
		? inChain('nat KUBE-SERVICES', 'dispatch', ...at(port.clusterIP), jump(port.internalLocal ? names.local : names.cluster))
		: inChain('filter KUBE-SERVICES', 'dispatch', ...at(port.clusterIP), dead);
	const toAddress = (ip: string, target: string): readonly Container[] => [
		...(hasEndpoints ? [inChain('nat KUBE-SERVICES', 'dispatch', ...at(ip), jump(target))] : []),
		...(hasExternal ? [] : [inChain('filter KUBE-EXTERNAL-SERVICES', 'dispatch', ...at(ip), dead)]),
	];
	const toNodePort = (number: number): readonly Container[] => [
		...(hasEndpoints && countsLocalhost
			? [
					inChain(
						'nat KUBE-NODEPORTS',
						'dispatch',
						to('127.0.0.0/8'),
						protocol(port.protocol, number),
						nfacct('localhost_nps_accepted_pkts'),
						jump(names.external),
					),
				]
			: []),
		...(hasEndpoints ? [inChain('nat KUBE-NODEPORTS', 'dispatch', protocol(port.protocol, number), jump(names.external))] : []),
		...(hasExternal
			? []
			: [
					inChain(
						'filter KUBE-EXTERNAL-SERVICES',
						'dispatch',
						protocol(port.protocol, number),
						'-m addrtype --dst-type LOCAL',
						dead,
					),
				]),
	];
	return [
		toCluster,
		...port.externalIPs.flatMap(ip => toAddress(ip, names.external)),
		...port.loadBalancerVIPs.flatMap(ip => toAddress(ip, hasFirewall ? names.firewall : names.external)),
		...(hasFirewall ? port.loadBalancerVIPs.map(ip => inChain('filter KUBE-PROXY-FIREWALL', 'firewall', ...at(ip), jump('DROP'))) : []),
		...(port.nodePort === undefined ? [] : toNodePort(port.nodePort)),
		...(port.healthCheckNodePort === undefined
			? []
			: [inChain('filter KUBE-NODEPORTS', 'health', protocol('TCP', port.healthCheckNodePort), jump('ACCEPT'))]),
	];
};
