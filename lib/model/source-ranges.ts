import {cidrHolds} from './address.ts';
import type {NodeView} from './node-view.ts';
import type {ServicePort} from './state.ts';
import type {Packet} from './verdict.ts';

/**
 * A range that holds the node's own address lets in also what comes from the load balancer's address: the node's own packets, where the
 * platform puts that address on it.
 */
export const allowsNode = ({sourceRanges}: ServicePort, {primary}: NodeView): boolean =>
	sourceRanges.some(cidr => cidrHolds(cidr, primary));

/** Whether loadBalancerSourceRanges let a packet in that is for one of the load balancer's addresses. */
export const isAdmitted = (port: ServicePort, view: NodeView, {source}: Packet): boolean =>
	port.sourceRanges.length === 0 ||
	port.sourceRanges.some(cidr => cidrHolds(cidr, source)) ||
	(allowsNode(port, view) && port.loadBalancerVIPs.includes(source));
