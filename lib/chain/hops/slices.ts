import type {V1EndpointSlice, V1Pod, V1Service} from '@kubernetes/client-node';
import {canonicalIp, FAMILY_NAMES} from '../../model/address.ts';
import {hasSelector, isReadyEndpoint, MANAGED_BY, selectedSlices, slicesOf} from '../../model/service-slices.ts';
import {broken, hopOf, unknown, type Finding, type Hop} from '../chain.ts';
import type {ChainFacts} from '../facts.ts';
import {fullName} from '../versions.ts';

const HOP = {name: 'its EndpointSlices hold exactly the ready pods of its selector', layer: 'endpoints'} as const;

const nameOf = (slice: V1EndpointSlice): string =>
	`EndpointSlice ${fullName(slice)} (managed by ${slice.metadata?.labels?.[MANAGED_BY] ?? 'nobody'})`;

/** What the slices must say of one pod. */
type Wanted = {
	readonly pod: string;
	readonly ip: string;
	readonly ready: boolean;
	/** Numbers by the names of the Service's ports; none: the pod has no such port. */ readonly ports: ReadonlyMap<
		string,
		number | undefined
	>;
};

const wantedOf = (service: V1Service, pods: readonly V1Pod[], family: ChainFacts['family']): readonly Wanted[] =>
	selectedSlices(service, pods)
		.filter(({addressType}) => addressType === FAMILY_NAMES[family])
		.flatMap(({endpoints = [], ports = []}) =>
			(endpoints ?? []).map(endpoint => ({
				pod: endpoint.targetRef?.name ?? '',
				ip: endpoint.addresses[0] ?? '',
				ready: isReadyEndpoint(endpoint),
				ports: new Map((service.spec?.ports ?? []).map(({name = ''}) => [name, ports?.find(port => port.name === name)?.port])),
			})),
		);

const wrongPorts = ({ports: wanted}: Wanted, slice: V1EndpointSlice): readonly string[] =>
	(slice.ports ?? []).flatMap(({name = '', port}) => {
		if (!wanted.has(name ?? '')) return [`port ${name ?? ''} ${port}, which the Service does not have`];
		return wanted.get(name ?? '') === port ? [] : [`port ${port} for ${name || 'its port'}, not ${wanted.get(name ?? '') ?? 'none'}`];
	});

const inSlice = (service: V1Service, slice: V1EndpointSlice, wanted: readonly Wanted[]): readonly Finding[] =>
	(slice.endpoints ?? []).flatMap(endpoint =>
		endpoint.addresses.flatMap(address => {
			const one = wanted.find(({ip}) => ip === (canonicalIp(address) ?? address));
			const selector = Object.entries(service.spec?.selector ?? {})
				.map(pair => pair.join('='))
				.join(',');
			const ports = (slice.ports ?? []).map(({port}) => port).join(',');
			if (!one) return [broken(`${nameOf(slice)} holds ${address} port ${ports}, which is no pod of the selector ${selector}`)];
			if (isReadyEndpoint(endpoint) && !one.ready)
				return [broken(`${nameOf(slice)} holds ${address} as ready, but pod ${one.pod} is not`)];
			return [...new Set(wrongPorts(one, slice))].map(text => broken(`${nameOf(slice)} holds ${one.ip} with ${text}`));
		}),
	);

/**
 * kube-proxy pairs the ports of a Service and of its slices by name: a slice made by hand with another name leaves the Service without
 * endpoints (kubernetes#123954).
 */
const unpaired = (service: V1Service, slices: readonly V1EndpointSlice[], family: ChainFacts['family']): readonly Finding[] => {
	const own = slicesOf(service, slices).filter(
		({addressType, endpoints}) => addressType === FAMILY_NAMES[family] && (endpoints ?? []).length > 0,
	);
	if (own.length === 0) return [];
	return (service.spec?.ports ?? [])
		.filter(({name = '', protocol = 'TCP'}) =>
			own.every(({ports}) => (ports ?? []).every(port => (port.name ?? '') !== name || (port.protocol ?? 'TCP') !== protocol)),
		)
		.map(({name = ''}) =>
			broken(
				`no EndpointSlice of ${fullName(service)} has a port named ${JSON.stringify(name)}: ${own
					.map(
						slice =>
							`${nameOf(slice)} names ` +
							`${(slice.ports ?? []).map(port => JSON.stringify(port.name ?? '')).join(', ') || 'none'}`,
					)
					.join('; ')}`,
			),
		);
};

const judge = (
	service: V1Service,
	slices: readonly V1EndpointSlice[],
	pods: readonly V1Pod[],
	family: ChainFacts['family'],
): readonly Finding[] => {
	if (!hasSelector(service)) return unpaired(service, slices, family);
	const own = slicesOf(service, slices).filter(({addressType}) => addressType === FAMILY_NAMES[family]);
	const wanted = wantedOf(service, pods, family);
	const held = new Set(
		own
			.flatMap(({endpoints}) => endpoints ?? [])
			.filter(endpoint => isReadyEndpoint(endpoint))
			.flatMap(({addresses}) => addresses.map(ip => canonicalIp(ip) ?? ip)),
	);
	return [
		...own.flatMap(slice => inSlice(service, slice, wanted)),
		...wanted
			.filter(({ip, ready}) => ready && !held.has(ip))
			.map(({ip, pod}) => broken(`no EndpointSlice of ${fullName(service)} holds ${ip} of pod ${pod} as ready`)),
	];
};

/**
 * The slices hold exactly the ready pods of the selector, at the ports that the Service asks for, and nobody else's addresses. Of Services
 * without a selector only the names of ports can be compared.
 */
export const slicesHop = ({services, slices, pods, family}: Pick<ChainFacts, 'services' | 'slices' | 'pods' | 'family'>): Hop => {
	const missing = [services, slices, pods].flatMap(fact => (fact.ok ? [] : [unknown(`${fact.source}: ${fact.why}`)]));
	if (!services.ok || !slices.ok || !pods.ok) return hopOf(HOP, missing);
	return hopOf(
		HOP,
		services.value.flatMap(service => judge(service, slices.value, pods.value, family)),
		slices.value.map(
			slice =>
				`${nameOf(slice)}: ` +
				((slice.endpoints ?? [])
					.map(endpoint => `${endpoint.addresses.join(', ')}${isReadyEndpoint(endpoint) ? '' : ' (not ready)'}`)
					.join(', ') || 'empty'),
		),
	);
};
