import type {V1Endpoint, V1EndpointSlice, V1Pod, V1Service, V1ServicePort} from '@kubernetes/client-node';
import type {IpFamily} from '../target.ts';
import {FAMILY_NAMES} from './address.ts';
import {isOver, isServing, lastingContainers, podIp, selects} from './pods.ts';

/** Label of a slice. */
export const SERVICE_NAME = 'kubernetes.io/service-name';
/** Who makes a slice says so by this label. */
export const MANAGED_BY = 'endpointslice.kubernetes.io/managed-by';

/** The slices of a Service, whoever made them. */
export const slicesOf = ({metadata}: Pick<V1Service, 'metadata'>, slices: readonly V1EndpointSlice[]): readonly V1EndpointSlice[] =>
	slices.filter(slice => slice.metadata?.namespace === metadata?.namespace && slice.metadata?.labels?.[SERVICE_NAME] === metadata?.name);

/** A condition that is not told counts as ready. */
export const isReadyEndpoint = ({conditions}: Pick<V1Endpoint, 'conditions'>): boolean => conditions?.ready !== false;

/** Whether the control plane keeps the Service's endpoints, so that its pods say what they must be. */
export const hasSelector = ({spec}: Pick<V1Service, 'spec'>): boolean =>
	spec?.type !== 'ExternalName' && Object.keys(spec?.selector ?? {}).length > 0;

/**
 * The number that a pod has for a port of a Service: a named target port is looked up in its containers, ordinary ones first (FindPort).
 * Undefined: it has none of that name.
 */
const numberFor = ({port, targetPort = port, protocol = 'TCP'}: V1ServicePort, pod: V1Pod): number | undefined => {
	if (typeof targetPort === 'number') return targetPort;
	const named = [...(pod.spec?.containers ?? []), ...lastingContainers(pod)].flatMap(({ports = []}) => ports);
	return named.find(one => one.name === targetPort && (one.protocol ?? 'TCP') === protocol)?.containerPort;
};

const sliceOf = (
	{metadata: {name = '', namespace = ''} = {}, spec}: V1Service,
	pod: V1Pod,
	family: IpFamily,
): readonly V1EndpointSlice[] => {
	const ip = podIp(pod, family);
	if (ip === undefined || !(spec?.ipFamilies ?? Object.values(FAMILY_NAMES)).includes(FAMILY_NAMES[family])) return [];
	const {name: podName = '', deletionTimestamp} = pod.metadata ?? {};
	const {hostname, subdomain, nodeName} = pod.spec ?? {};
	const [serving, terminating] = [isServing(pod), deletionTimestamp !== undefined];
	return [
		{
			metadata: {name: `${name}-${podName}`, namespace, labels: {[SERVICE_NAME]: name}},
			addressType: FAMILY_NAMES[family],
			endpoints: [
				{
					addresses: [ip],
					conditions: {ready: spec?.publishNotReadyAddresses === true || (serving && !terminating), serving, terminating},
					targetRef: {kind: 'Pod', namespace, name: podName},
					...(nodeName !== undefined && {nodeName}),
					...(hostname && subdomain === name && {hostname}),
				},
			],
			ports: (spec?.ports ?? []).flatMap(port => {
				const number = numberFor(port, pod);
				return number === undefined ? [] : [{name: port.name ?? '', port: number, protocol: port.protocol ?? 'TCP'}];
			}),
		},
	];
};

/**
 * What the slices of a Service with a selector must hold, by its pods: one slice for each pod and family, where the controller puts many
 * into one; without hints. None for a Service without a selector. k8s.io/endpointslice v0.36, reconciler.go and utils.go
 */
export const selectedSlices = (service: V1Service, pods: readonly V1Pod[]): readonly V1EndpointSlice[] =>
	!hasSelector(service)
		? []
		: pods
				.filter(
					pod =>
						pod.metadata?.namespace === service.metadata?.namespace &&
						selects(service.spec?.selector ?? {}, pod) &&
						!isOver(pod),
				)
				.flatMap(pod => (['ipv4', 'ipv6'] as const).flatMap(family => sliceOf(service, pod, family)));

/**
 * The slices as they must be: of Services with a selector those that their pods ask for, of others those that somebody made. Somebody's
 * slice of a Service with a selector is none of them.
 */
export const rightfulSlices = (
	services: readonly V1Service[],
	pods: readonly V1Pod[],
	slices: readonly V1EndpointSlice[],
): readonly V1EndpointSlice[] =>
	services.flatMap(service => (hasSelector(service) ? selectedSlices(service, pods) : slicesOf(service, slices)));
