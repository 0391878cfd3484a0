import {nameOf, type ServicePort} from './state.ts';
import type {Packet} from './verdict.ts';

/** What of a Service a packet is addressed to. */
export type Via = 'clusterIP' | 'externalIP' | 'loadBalancerVIP' | 'nodePort';
export type Target = {readonly port: ServicePort; readonly via: Via};

/**
 * What of a port an address is; more than one where a Service claims its own address again. In the order in which kube-proxy programs them.
 */
export const viasOf = ({clusterIP, externalIPs, loadBalancerVIPs}: ServicePort, destination: string): readonly Via[] => [
	...(clusterIP === destination ? ['clusterIP' as const] : []),
	...(externalIPs.includes(destination) ? ['externalIP' as const] : []),
	...(loadBalancerVIPs.includes(destination) ? ['loadBalancerVIP' as const] : []),
];

/** The port whose own address a packet is for. Where two Services claim the same, the first; kube-proxy takes any. */
export const targetByAddress = (ports: readonly ServicePort[], {protocol, destination, port: number}: Packet): Target | undefined => {
	for (const port of ports) {
		const [via] = port.port === number && port.protocol === protocol ? viasOf(port, destination) : [];
		if (via) return {port, via};
	}

	return undefined;
};

/** The port whose node port a packet is for, whatever its address. */
export const targetByNodePort = (ports: readonly ServicePort[], {protocol, port: number}: Packet): Target | undefined => {
	const port = ports.find(each => each.nodePort === number && each.protocol === protocol);
	return port && {port, via: 'nodePort'};
};

/** The port whose health check listens at a packet's port. */
export const healthCheckOf = (ports: readonly ServicePort[], {protocol, port}: Packet): ServicePort | undefined =>
	protocol === 'TCP' ? ports.find(({healthCheckNodePort}) => healthCheckNodePort === port) : undefined;

/** A target in words: `ns/svc:port nodePort 30080`. */
export const describe = ({port, via}: Target, {destination}: Packet): string =>
	`${nameOf(port)} ${via} ${via === 'nodePort' ? port.nodePort : `${destination}:${port.port}`}`;
