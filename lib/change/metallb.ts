import type {KubernetesObject} from '@kubernetes/client-node';
import {METALLB_NAMESPACE} from '../metallb.ts';
import type {Change} from './command.ts';

const object = (kind: string, name: string, spec: object): KubernetesObject =>
	({apiVersion: 'metallb.io/v1beta1', kind, metadata: {name, namespace: METALLB_NAMESPACE}, spec}) as KubernetesObject;

export type PoolSpec = {
	/** Its name, and that of its advertisement. */
	readonly name: string;
	readonly addresses: readonly string[];
	/** The Services of these namespaces may have its addresses. */
	readonly namespaces: readonly string[];
	/** Of several pools for a namespace the one with the lowest number above 0 comes first; left out: after all that have one. */
	readonly priority?: number;
	/** Left out: also a Service that does not name the pool gets its addresses. */
	readonly autoAssign?: false;
	/** Nodes that may announce; left out: all. */
	readonly nodes?: readonly string[];
	/** Interfaces that it is announced on; left out: all. */
	readonly interfaces?: readonly string[];
};

/** A pool of MetalLB for some namespaces, announced by ARP (https://metallb.io/configuration/_advanced_ipaddresspool_configuration/). */
export const balancerPool = ({name, addresses, namespaces, priority, autoAssign, nodes, interfaces}: PoolSpec): Change => {
	const pool = object('IPAddressPool', name, {
		addresses: addresses.map(ip => `${ip}/32`),
		...(autoAssign !== undefined && {autoAssign}),
		serviceAllocation: {namespaces, ...(priority !== undefined && {priority})},
	});
	const advertisement = object('L2Advertisement', name, {
		ipAddressPools: [name],
		...(nodes && {nodeSelectors: nodes.map(node => ({matchLabels: {'kubernetes.io/hostname': node}}))}),
		...(interfaces && {interfaces}),
	});
	const objects = [pool, advertisement];
	return {
		name: `pool ${name}`,
		make: objects.map(one => ({kind: 'api', verb: 'apply', object: one})),
		undo: objects.toReversed().map(one => ({kind: 'api', verb: 'remove', object: one})),
	};
};
