import type {V1Endpoint, V1EndpointSlice, V1Pod, V1Service} from '@kubernetes/client-node';
import {canonicalIp} from '../../model/address.ts';
import {broken, hopOf, unknown, type Finding, type Hop} from '../chain.ts';
import type {ChainFacts} from '../facts.ts';
import {isOver, isReadyPod, podIp, selects} from '../../model/pods.ts';
import {fullName, slicesOf} from '../versions.ts';

const HOP = {name: 'its EndpointSlices hold exactly the ready pods of its selector', layer: 'endpoints'} as const;
const TYPES = {ipv4: 'IPv4', ipv6: 'IPv6'} as const;
const MANAGED_BY = 'endpointslice.kubernetes.io/managed-by';

const nameOf = (slice: V1EndpointSlice): string => `EndpointSlice ${fullName(slice)} (managed by ${slice.metadata?.labels?.[MANAGED_BY] ?? 'nobody'})`;
const isReady = ({conditions}: V1Endpoint): boolean => conditions?.ready !== false;

/** The numbers that a pod has for the ports of a Service, by their names; a named target port is looked up in the pod. */
const portsFor = ({spec}: V1Service, pod: V1Pod): ReadonlyMap<string, number | undefined> => new Map((spec?.ports ?? []).map(({name = '', targetPort, port, protocol = 'TCP'}) => {
	if (typeof targetPort !== 'string') return [name, targetPort ?? port];
	const found = (pod.spec?.containers ?? []).flatMap(({ports = []}) => ports).find(one => one.name === targetPort && (one.protocol ?? 'TCP') === protocol);
	return [name, found?.containerPort];
}));

const wrongPorts = (service: V1Service, slice: V1EndpointSlice, pod: V1Pod): readonly string[] => {
	const wanted = portsFor(service, pod);
	return (slice.ports ?? []).flatMap(({name = '', port}) => {
		if (!wanted.has(name ?? '')) return [`port ${name ?? ''} ${port}, which the Service does not have`];
		return wanted.get(name ?? '') === port ? [] : [`port ${port} for ${name || 'its port'}, not ${wanted.get(name ?? '') ?? 'none'}`];
	});
};

const inSlice = (service: V1Service, slice: V1EndpointSlice, byAddress: ReadonlyMap<string, V1Pod>, family: ChainFacts['family']): readonly Finding[] => (slice.endpoints ?? []).flatMap(endpoint => endpoint.addresses.flatMap(address => {
	const pod = byAddress.get(canonicalIp(address) ?? address);
	const selector = Object.entries(service.spec?.selector ?? {}).map(pair => pair.join('=')).join(',');
	const ports = (slice.ports ?? []).map(({port}) => port).join(',');
	if (!pod) return [broken(`${nameOf(slice)} holds ${address} port ${ports}, which is no pod of the selector ${selector}`)];
	if (isReady(endpoint) && !isReadyPod(pod) && !service.spec?.publishNotReadyAddresses) return [broken(`${nameOf(slice)} holds ${address} as ready, but pod ${pod.metadata?.name} is not`)];
	return [...new Set(wrongPorts(service, slice, pod))].map(text => broken(`${nameOf(slice)} holds ${podIp(pod, family)} with ${text}`));
}));

const judge = (service: V1Service, slices: readonly V1EndpointSlice[], pods: readonly V1Pod[], family: ChainFacts['family']): readonly Finding[] => {
	const {selector, publishNotReadyAddresses} = service.spec ?? {};
	if (!selector || Object.keys(selector).length === 0) return [];
	const own = slicesOf(service, slices).filter(({addressType}) => addressType === TYPES[family]);
	const chosen = pods.filter(pod => pod.metadata?.namespace === service.metadata?.namespace && selects(selector, pod) && !isOver(pod));
	const byAddress = new Map(chosen.flatMap(pod => {
		const ip = podIp(pod, family);
		return ip === undefined ? [] : [[ip, pod] as const];
	}));
	const held = new Set(own.flatMap(({endpoints}) => endpoints ?? []).filter(endpoint => isReady(endpoint)).flatMap(({addresses}) => addresses.map(ip => canonicalIp(ip) ?? ip)));
	const wanted = [...byAddress].filter(([, pod]) => isReadyPod(pod) || (publishNotReadyAddresses && !pod.metadata?.deletionTimestamp));
	return [
		...own.flatMap(slice => inSlice(service, slice, byAddress, family)),
		...wanted.filter(([ip]) => !held.has(ip)).map(([ip, pod]) => broken(`no EndpointSlice of ${fullName(service)} holds ${ip} of pod ${pod.metadata?.name} as ready`)),
	];
};

/** The slices hold exactly the ready pods of the selector, at the ports that the Service asks for, and nobody else's addresses. Services without a selector have nothing to compare with. */
export const slicesHop = ({services, slices, pods, family}: Pick<ChainFacts, 'services' | 'slices' | 'pods' | 'family'>): Hop => {
	const missing = [services, slices, pods].flatMap(fact => (fact.ok ? [] : [unknown(`${fact.source}: ${fact.why}`)]));
	if (!services.ok || !slices.ok || !pods.ok) return hopOf(HOP, missing);
	return hopOf(HOP, services.value.flatMap(service => judge(service, slices.value, pods.value, family)), slices.value.map(slice =>
		`${nameOf(slice)}: ${(slice.endpoints ?? []).map(endpoint => `${endpoint.addresses.join(', ')}${isReady(endpoint) ? '' : ' (not ready)'}`).join(', ') || 'empty'}`));
};
