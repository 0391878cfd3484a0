import type {Engine} from '../../lib/access.ts';
import type {Kube} from '../../lib/kube.ts';
import type {Family, NodeRef} from '../../lib/target.ts';
import {containerAccess} from './engine.ts';

/** A node, and the addresses that its pods have. */
export type ContainerNode = NodeRef & {readonly podSubnets: readonly string[]};

const CONTROL_PLANE = 'node-role.kubernetes.io/control-plane';

/** The nodes as the API has them, the control plane first; each is the container of its name. */
export const readNodes = async (kube: Kube, engine: Engine, family: Family): Promise<readonly ContainerNode[]> => {
	const {items} = await kube.core.listNode();
	const nodes = items.map(({metadata, spec, status}): ContainerNode => {
		const name = metadata?.name as string;
		const ips = (status?.addresses ?? []).filter(({type}) => type === 'InternalIP').map(({address}) => address);
		return {
			name,
			role: metadata?.labels?.[CONTROL_PLANE] === undefined ? 'worker' : 'control-plane',
			ips: family === 'dual' ? ips : ips.filter(ip => !ip.includes(':')),
			access: containerAccess(engine, name),
			podSubnets: spec?.podCIDRs ?? [],
		};
	});
	return nodes.toSorted((a, b) => a.role.localeCompare(b.role) || a.name.localeCompare(b.name, 'en', {numeric: true}));
};
