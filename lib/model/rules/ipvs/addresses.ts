import {canonicalIp, isLinkLocal} from '../../address.ts';
import {boundAddresses} from '../../node-view.ts';
import type {NodeView} from '../../node-view.ts';
import {nameOf} from '../../state.ts';
import type {ServicePort} from '../../state.ts';
import type {Container, Part} from '../graph.ts';
import {nodePortAddresses} from '../node-addresses.ts';
import {container, part} from '../part.ts';

/** The interface that holds the Services' addresses, so that their packets come in. */
export const DUMMY = 'kube-ipvs0';

/** Addresses of a node but those that ipvs binds: the model is told of no other, it knows by itself which those are. */
export const withoutBound = (
	addresses: Iterable<string>,
	interfaces: readonly {readonly device: string; readonly address: string}[],
): readonly string[] => {
	const bound = new Set(interfaces.filter(({device}) => device === DUMMY).map(({address}) => canonicalIp(address) ?? address));
	return [...addresses].filter(ip => !bound.has(ip));
};

/** What kube-proxy binds, with the first port of a Service that asks for it. */
export const boundFor = (view: NodeView, ports: readonly ServicePort[]): ReadonlyMap<string, string | undefined> => {
	const owners = new Map(
		ports
			.toReversed()
			.flatMap(port => [port.clusterIP, ...port.externalIPs, ...port.loadBalancerVIPs].map(ip => [ip, nameOf(port)] as const)),
	);
	return new Map([...boundAddresses(view, ports)].map(ip => [ip, owners.get(ip)]));
};

/**
 * Addresses that have virtual servers for NodePorts. With nodePortAddresses kube-proxy asks every interface, its own included, so a network
 * that holds Services' addresses puts NodePorts on those too (GetNodeIPs of pkg/proxy/util/nodeport_addresses.go); without, its own is left
 * out (GetAllLocalAddressesExcept of pkg/proxy/ipvs/netlink_linux.go).
 */
export const nodePortIps = (view: NodeView, bound: Iterable<string>): readonly string[] => {
	const {all, ips} = nodePortAddresses({...view, addresses: new Set([...view.addresses, ...bound])});
	return all ? [...view.addresses].filter(ip => !isLinkLocal(ip)) : ips;
};

/** An address with the length that it is bound with, as `ip addr` shows it. */
export const addressPart = (address: string, prefixLength: number, about?: string): Part => ({
	...part([address, `length ${prefixLength}`], {role: 'dispatch', about}),
	text: `${address}/${prefixLength}`,
});

export const dummyInterface = (parts: readonly Part[]): Container =>
	container({where: DUMMY, kind: 'set', ordered: false, role: 'dispatch', parts});

export const expectedAddresses = (bound: ReadonlyMap<string, string | undefined>): Container =>
	dummyInterface([...bound].map(([ip, about]) => addressPart(ip, ip.includes(':') ? 128 : 32, about)));
