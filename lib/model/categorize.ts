import type {Categorized, Endpoint, ServicePort} from './state.ts';

export type NodeView = {readonly name: string; /** Its label topology.kubernetes.io/zone. */ readonly zone?: string};

/**
 * Whether any traffic goes by the policy Cluster. With external addresses always: ExternalTrafficPolicy Local still lets pods and the node
 * itself reach all (the short-circuit).
 */
const usesCluster = ({internalLocal, external}: ServicePort): boolean => !internalLocal || external;
const usesLocal = ({internalLocal, externalLocal, external}: ServicePort): boolean => internalLocal || (externalLocal && external);

const isDraining = ({serving, terminating}: Endpoint): boolean => serving && terminating;

/** Hints count only when every ready endpoint carries some and one of them is for us; those for nodes go before those for zones. */
const hinted = (ready: readonly Endpoint[], {name, zone = ''}: NodeView): readonly Endpoint[] => {
	for (const [hintsOf, self] of [
		[({nodeHints}: Endpoint) => nodeHints, name],
		[({zoneHints}: Endpoint) => zoneHints, zone],
	] as const) {
		const ours = ready.filter(endpoint => hintsOf(endpoint).includes(self));
		if (ours.length > 0 && ready.every(endpoint => hintsOf(endpoint).length > 0)) return ours;
	}

	return ready;
};

/** The ready ones; when there is none at all, those that terminate but still serve (KEP-1669). */
const clusterOf = (endpoints: readonly Endpoint[], node: NodeView): readonly Endpoint[] => {
	const ready = endpoints.filter(endpoint => endpoint.ready);
	return ready.length > 0 ? hinted(ready, node) : endpoints.filter(endpoint => isDraining(endpoint));
};

/** Hints are of no account here. */
const localOf = (endpoints: readonly Endpoint[]): readonly Endpoint[] => {
	const local = endpoints.filter(endpoint => endpoint.local);
	const ready = local.filter(endpoint => endpoint.ready);
	return ready.length > 0 ? ready : local.filter(endpoint => isDraining(endpoint));
};

/**
 * Which endpoints traffic of each policy reaches from a node: CategorizeEndpoints of pkg/proxy/topology.go. The port's endpoints must be
 * those seen by the same node (`servicePorts`).
 */
export const categorize = (port: ServicePort, node: NodeView): Categorized => {
	const cluster = usesCluster(port) ? clusterOf(port.endpoints, node) : undefined;
	const local = usesLocal(port) ? localOf(port.endpoints) : undefined;
	return {
		...(cluster && {cluster}),
		...(local && {local}),
		reachable: port.endpoints.filter(endpoint => (cluster?.includes(endpoint) ?? false) || (local?.includes(endpoint) ?? false)),
		hasAny: port.endpoints.some(endpoint => endpoint.ready || isDraining(endpoint)),
	};
};
