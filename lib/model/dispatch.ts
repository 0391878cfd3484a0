import {nameOf, type ServicePort} from './state.ts';
import type {Packet} from './verdict.ts';

/** What of a Service a packet is addressed to. */
export type Via = 'clusterIP' | 'externalIP' | 'loadBalancerVIP' | 'nodePort';
export type Target = {readonly port: ServicePort; readonly via: Via};

const viaOf = ({clusterIP, externalIPs, loadBalancerVIPs}: ServicePort, destination: string): Via | undefined => {
	if (clusterIP === destination) return 'clusterIP';
	if (externalIPs.includes(destination)) return 'externalIP';
	return loadBalancerVIPs.includes(destination) ? 'loadBalancerVIP' : undefined;
};

/** The port whose own address a packet is for. Where two Services claim the same, the first; kube-proxy takes any. */
export const targetByAddress = (ports: readonly ServicePort[], {protocol, destination, port: number}: Packet): Target | undefined => {
	for (const port of ports) {
		const via = port.port === number && port.protocol === protocol ? viaOf(port, destination) : undefined;
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
export const describe = ({port, via}: Target, {destination}: Packet): string => `${nameOf(port)} ${via} ${via === 'nodePort' ? port.nodePort : `${destination}:${port.port}`}`;
