import type {DiscoveryV1EndpointPort, V1Service} from '@kubernetes/client-node';
import {canonicalIp} from './address.ts';
import {endpointLabel, serviceName} from './dns-names.ts';
import {isReadyEndpoint, slicesOf} from './service-slices.ts';
import type {ClusterState} from './state.ts';

/** What DNS answers from. */
export type DnsState = Pick<ClusterState, 'services' | 'slices'> & {
	/** Domain of the cluster; left out: cluster.local. */ readonly zone?: string;
};

/** What a name may be about: a Service, one of its endpoints, or one of its ports. */
export type Request = {
	readonly namespace: string;
	readonly service: string;
	readonly endpoint?: string;
	readonly port?: string;
	readonly protocol?: string;
};

/** An address that a name stands for: `owner` is the name of its own. */
export type Target = {
	readonly owner: string;
	readonly ip: string;
	/** Left out: of a slice without ports. */ readonly port?: number;
};

const REQUEST = /^(?:(?<endpoint>[^.]+)\.|_?(?<port>[^.]+)\._?(?<protocol>[^.]+)\.)?(?<service>[^.]+)\.(?<namespace>[^.]+)$/;

/**
 * What a lower-case name is about; undefined: it has more labels than any name. Throws RangeError for one that is not a Service's to say.
 */
export const requestOf = (name: string, zone: string): Request | undefined => {
	const suffix = `.svc.${zone}`;
	const head = name.endsWith(suffix) ? name.slice(0, -suffix.length) : '';
	if (!head.includes('.')) throw new RangeError(`Services do not say what ${name} is`);
	return REQUEST.exec(head)?.groups as Request | undefined;
};

const isAsked = ({port, protocol}: Request, one: {readonly name?: string | undefined; readonly protocol?: string | undefined}): boolean =>
	(port === undefined || port === (one.name ?? '')) && (protocol === undefined || protocol === (one.protocol ?? 'TCP').toLowerCase());

const ofEndpoints = ({slices, zone}: DnsState, service: V1Service, request: Request): readonly Target[] =>
	slicesOf(service, slices).flatMap(slice => {
		const endpoints = (slice.endpoints ?? [])
			.filter(endpoint => isReadyEndpoint(endpoint))
			.flatMap(({addresses, hostname}) =>
				addresses.flatMap(address => {
					const ip = canonicalIp(address);
					return ip === undefined ? [] : [{ip, label: endpointLabel(address, hostname)}];
				}),
			)
			.filter(({label}) => request.endpoint === undefined || request.endpoint === label);
		const ports: readonly DiscoveryV1EndpointPort[] = slice.ports?.length ? slice.ports : [{}];
		return endpoints.flatMap(({ip, label}) =>
			ports
				.filter(port => isAsked(request, port))
				.map(({port}) => ({owner: `${label}.${serviceName(service.metadata ?? {}, zone)}`, ip, ...(port !== undefined && {port})})),
		);
	});

/** All that a name stands for: CoreDNS has the endpoints' names of any Service, headless or not. A target of two ports is there twice. */
export const targetsOf = (state: DnsState, service: V1Service, request: Request): readonly Target[] => {
	const {clusterIP = '', clusterIPs = [clusterIP], ports = []} = service.spec ?? {};
	if (clusterIP === 'None' || request.endpoint !== undefined) return ofEndpoints(state, service, request);
	return ports
		.filter(port => isAsked(request, port))
		.flatMap(({port}) =>
			clusterIPs.flatMap(ip => canonicalIp(ip) ?? []).map(ip => ({owner: serviceName(service.metadata ?? {}, state.zone), ip, port})),
		);
};
