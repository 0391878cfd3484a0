import {categorize} from '../categorize.ts';
import type {NodeView} from '../categorize.ts';
import type {Endpoint, ServicePort} from '../state.ts';

/** What becomes of a port's traffic on one node, whatever the mode: both proxiers begin syncProxyRules of a port with this. */
export type Policy = {
	readonly cluster: readonly Endpoint[];
	readonly local: readonly Endpoint[];
	readonly reachable: readonly Endpoint[];
	/** Somewhere in the cluster. */
	readonly hasEndpoints: boolean;
	/** Traffic to the cluster address finds an endpoint. */
	readonly hasInternal: boolean;
	/** So does traffic from outside. */
	readonly hasExternal: boolean;
	/** Has a chain for traffic to its external addresses and NodePort. */
	readonly usesExternal: boolean;
};

export const policyOf = (port: ServicePort, node: NodeView): Policy => {
	const {cluster = [], local = [], reachable, hasAny} = categorize(port, node);
	return {
		cluster,
		local,
		reachable,
		hasEndpoints: hasAny,
		hasInternal: hasAny && (!port.internalLocal || local.length > 0),
		hasExternal: hasAny && (!port.externalLocal || local.length > 0),
		usesExternal: hasAny && port.external,
	};
};
