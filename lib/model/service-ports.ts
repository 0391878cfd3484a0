import type {V1Service, V1ServicePort} from '@kubernetes/client-node';
import {canonicalCidr, canonicalIp, FAMILY_NAMES, familyOf} from './address.ts';
import {endpointsByPort, keyOf} from './endpoints-of.ts';
import {isPassedOver, PROXY_NAME} from './passed-over.ts';
import type {IpFamily} from '../target.ts';
import type {ClusterState, Endpoint, Protocol, ServicePort} from './state.ts';

/** What the API server puts into sessionAffinityConfig.clientIP.timeoutSeconds. */
const DEFAULT_AFFINITY_SECONDS = 10_800;

const ofFamily = (family: IpFamily, ips: readonly string[] = []): readonly string[] =>
	ips.flatMap(text => canonicalIp(text) ?? []).filter(ip => familyOf(ip) === family);

/** The Service's address in a family; undefined: it has none, or kube-proxy passes the Service over. */
const clusterIpOf = ({metadata, spec}: V1Service, family: IpFamily, minor: number): string | undefined => {
	const {type, clusterIP = '', clusterIPs = [], ipFamilies = []} = spec ?? {};
	if (isPassedOver(metadata?.labels, PROXY_NAME, minor) || clusterIP === '' || clusterIP === 'None' || type === 'ExternalName')
		return undefined;
	const index = ipFamilies.indexOf(FAMILY_NAMES[family]);
	// Objects of a server that knew no families have none.
	const address = ipFamilies.length === 0 ? clusterIP : (clusterIPs[index] ?? '');
	return ofFamily(family, [address])[0];
};

const sourceRangesOf = ({spec}: V1Service, family: IpFamily): readonly string[] => {
	const ranges = (spec?.loadBalancerSourceRanges ?? [])
		.flatMap(text => canonicalCidr(text) ?? [])
		.filter(cidr => familyOf(cidr) === family);
	// A range of everything is no restriction.
	return ranges.some(cidr => cidr.endsWith('/0')) ? [] : ranges;
};

const loadBalancerVIPsOf = ({status}: V1Service, family: IpFamily): readonly string[] =>
	ofFamily(
		family,
		(status?.loadBalancer?.ingress ?? []).filter(({ip, ipMode = 'VIP'}) => ip && ipMode === 'VIP').map(({ip}) => ip ?? ''),
	);

/** A Service's addresses of a family beside its own: its external IPs, and those of a load balancer that nodes are to take. */
export const outerIpsOf = (service: V1Service, family: IpFamily): readonly string[] => [
	...ofFamily(family, service.spec?.externalIPs),
	...loadBalancerVIPsOf(service, family),
];

/** Whether externalTrafficPolicy has a meaning, by the Service's type (pkg/api/v1/service/util.go). */
const acceptsExternal = ({spec}: V1Service): boolean =>
	spec?.type === 'LoadBalancer' ||
	spec?.type === 'NodePort' ||
	((spec?.type ?? 'ClusterIP') === 'ClusterIP' && (spec?.externalIPs?.length ?? 0) > 0);

const portOf = (
	service: V1Service,
	{name: portName = '', port, nodePort, protocol = 'TCP'}: V1ServicePort,
	clusterIP: string,
	family: IpFamily,
	endpointsOf: (key: string) => readonly Endpoint[],
): ServicePort => {
	const {metadata: {namespace = '', name = ''} = {}, spec = {}} = service;
	const externalIPs = ofFamily(family, spec.externalIPs);
	const loadBalancerVIPs = loadBalancerVIPsOf(service, family);
	const externalLocal = acceptsExternal(service) && spec.externalTrafficPolicy === 'Local';
	const key = {namespace, service: name, portName, protocol: protocol as Protocol};
	return {
		...key,
		clusterIP,
		port,
		externalIPs,
		loadBalancerVIPs,
		externalLocal,
		...(nodePort ? {nodePort} : {}),
		...(spec.type === 'LoadBalancer' && externalLocal && spec.healthCheckNodePort
			? {healthCheckNodePort: spec.healthCheckNodePort}
			: {}),
		...(spec.sessionAffinity === 'ClientIP'
			? {affinitySeconds: spec.sessionAffinityConfig?.clientIP?.timeoutSeconds ?? DEFAULT_AFFINITY_SECONDS}
			: {}),
		sourceRanges: sourceRangesOf(service, family),
		internalLocal: spec.internalTrafficPolicy === 'Local',
		external: Boolean(nodePort) || externalIPs.length > 0 || loadBalancerVIPs.length > 0,
		endpoints: endpointsOf(keyOf(key)),
	};
};

/**
 * All ports that kube-proxy of one node serves in one family, with the endpoints it keeps, in the order of the Services.
 * pkg/proxy/serviceport.go, servicechangetracker.go, endpointslicecache.go; which objects it watches at all: cmd/kube-proxy/app/server.go.
 */
export const servicePorts = (state: ClusterState, node: string, family: IpFamily): readonly ServicePort[] => {
	const endpoints = endpointsByPort(state.slices, {node, family, minor: state.minor});
	return state.services.flatMap(service => {
		const clusterIP = clusterIpOf(service, family, state.minor);
		return clusterIP === undefined
			? []
			: (service.spec?.ports ?? []).map(port => portOf(service, port, clusterIP, family, key => endpoints.get(key) ?? []));
	});
};
