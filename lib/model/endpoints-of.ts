import type {V1Endpoint, V1EndpointSlice} from '@kubernetes/client-node';
import {canonicalIp, FAMILY_NAMES, hostPort} from './address.ts';
import {has} from './minors.ts';
import {HEADLESS, isPassedOver} from './passed-over.ts';
import {SERVICE_NAME} from './service-slices.ts';
import type {IpFamily} from '../target.ts';
import type {Endpoint, Protocol} from './state.ts';

export type PortKey = {
	readonly namespace: string;
	readonly service: string;
	readonly portName: string;
	readonly protocol: Protocol;
};
export type Viewer = {
	readonly node: string;
	readonly family: IpFamily;
	readonly minor: number;
};

export const keyOf = ({namespace, service, portName, protocol}: PortKey): string => `${namespace}/${service}:${portName}/${protocol}`;

const isWatched = ({metadata, addressType}: V1EndpointSlice, {family, minor}: Viewer): boolean =>
	addressType === FAMILY_NAMES[family] && Boolean(metadata?.labels?.[SERVICE_NAME]) && !isPassedOver(metadata?.labels, HEADLESS, minor);

const endpointOf = ({addresses, conditions, hints, nodeName}: V1Endpoint, port: number, {node, minor}: Viewer): Endpoint | undefined => {
	// Only the first address counts.
	const ip = canonicalIp(addresses[0] ?? '');
	return ip === undefined
		? undefined
		: {
				ip,
				port,
				...(nodeName === undefined ? {} : {node: nodeName}),
				local: nodeName !== undefined && nodeName !== '' && nodeName === node,
				ready: conditions?.ready ?? true,
				serving: conditions?.serving ?? true,
				terminating: conditions?.terminating ?? false,
				zoneHints: hints?.forZones?.map(({name}) => name) ?? [],
				nodeHints: has('sameNodeHints', minor) ? (hints?.forNodes?.map(({name}) => name) ?? []) : [],
			};
};

const inOrder = (endpoints: ReadonlyMap<string, Endpoint>): readonly Endpoint[] =>
	[...endpoints].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, endpoint]) => endpoint);

/**
 * All endpoints of each Service port (`keyOf`), as kube-proxy of one node keeps them. An endpoint of several slices counts once:
 * the last that is not terminating wins, before 1.36 the first, or on its own node the last (kube-proxy itself takes slices in no
 * particular order). pkg/proxy/endpointslicecache.go
 */
export const endpointsByPort = (slices: readonly V1EndpointSlice[], viewer: Viewer): ReadonlyMap<string, readonly Endpoint[]> => {
	const found = new Map<string, Map<string, Endpoint>>();
	const replaces = ({terminating, local}: Endpoint): boolean => (has('runningBeforeTerminating', viewer.minor) ? !terminating : local);
	for (const slice of slices.filter(each => isWatched(each, viewer))) {
		const {namespace = '', labels} = slice.metadata ?? {};
		// A port without a name is unknown to every Service; one without a number ("all ports") is not implemented.
		for (const {name, port, protocol = 'TCP'} of slice.ports ?? []) {
			if (name === undefined || !port) continue;
			const key = keyOf({namespace, service: labels?.[SERVICE_NAME] ?? '', portName: name, protocol: protocol as Protocol});
			const endpoints = found.get(key) ?? new Map<string, Endpoint>();
			found.set(key, endpoints);
			for (const endpoint of (slice.endpoints ?? []).flatMap(each => endpointOf(each, port, viewer) ?? [])) {
				const address = hostPort(endpoint.ip, endpoint.port);
				if (!endpoints.has(address) || replaces(endpoint)) endpoints.set(address, endpoint);
			}
		}
	}

	return new Map([...found].map(([key, endpoints]) => [key, inOrder(endpoints)]));
};
