import type {V1ObjectMeta, V1Service, V1ServicePort} from '@kubernetes/client-node';

type Named = {readonly metadata?: Pick<V1ObjectMeta, 'name' | 'namespace'>};

/** `shop/web`, or `worker-1` for what has no namespace. */
export const fullName = ({metadata}: Named): string =>
	metadata?.namespace === undefined ? (metadata?.name ?? '') : `${metadata.namespace}/${metadata.name}`;

/** `Service shop/web`: what findings are about. */
export const aboutService = (service: Named): string => `Service ${fullName(service)}`;
export const aboutPod = (pod: Named): string => `Pod ${fullName(pod)}`;
export const aboutNode = (node: Named): string => `Node ${fullName(node)}`;
export const aboutSlice = (slice: Named): string => `EndpointSlice ${fullName(slice)}`;

/** Where a line is to be pasted: `-n shop get service web`. */
export const kubectl = (verb: string, kind: string, {metadata}: Named, more = ''): string =>
	`kubectl${metadata?.namespace === undefined ? '' : ` -n ${metadata.namespace}`} ` +
	[verb, kind, metadata?.name ?? '', more].filter(Boolean).join(' ');

/** `app=web,tier=front`; `<none>` where there is none. */
export const labelsText = (labels: Readonly<Record<string, string>> | undefined): string =>
	Object.entries(labels ?? {})
		.map(pair => pair.join('='))
		.join(',') || '<none>';

/** Labels that a controller gives each pod anew: nobody selects by them. */
const GENERATED = ['pod-template-hash', 'controller-revision-hash', 'statefulset.kubernetes.io/pod-name', 'apps.kubernetes.io/pod-index'];
export const ownLabels = (labels: Readonly<Record<string, string>> | undefined): Readonly<Record<string, string>> =>
	Object.fromEntries(Object.entries(labels ?? {}).filter(([key]) => !GENERATED.includes(key)));

/** `http 80/TCP`. */
export const portText = ({name, port, protocol = 'TCP'}: Pick<V1ServicePort, 'name' | 'port' | 'protocol'>): string =>
	`${name === undefined || name === '' ? '' : `${name} `}${port}/${protocol}`;

/** Milliseconds since 1970 of a time of the API: a text in a snapshot; undefined: there is none. */
const timeOf = (time: Date | string | undefined): number | undefined => (time === undefined ? undefined : new Date(time).getTime());

/** How long ago something was, in whole seconds; Infinity where it is not told. */
export const secondsSince = (time: Date | string | undefined, atMs: number): number => {
	const then = timeOf(time);
	return then === undefined ? Infinity : Math.floor((atMs - then) / 1000);
};

/** `web-1, web-2, web-3 and 4 more`. */
export const someOf = (names: readonly string[], most = 3): string =>
	names.length > most + 1 ? `${names.slice(0, most).join(', ')} and ${names.length - most} more` : names.join(', ');

/** `1 pod`, `3 pods`. */
export const counted = (count: number, word: string): string => `${count} ${word}${count === 1 ? '' : 's'}`;

/** Whether kube-proxy, or what stands in its place, gives a Service an address of its own. */
export const isHeadless = ({spec}: Pick<V1Service, 'spec'>): boolean => spec?.clusterIP === 'None';
export const isExternalName = ({spec}: Pick<V1Service, 'spec'>): boolean => spec?.type === 'ExternalName';

/** The line that lists the EndpointSlices of a Service. */
export const listSlices = ({metadata}: Named): string =>
	`kubectl -n ${metadata?.namespace} get endpointslices -l kubernetes.io/service-name=${metadata?.name}`;

/** `kubectl -n shop logs web-1 --previous`: of a pod, whose kind these verbs do not name. */
export const podLine = (verb: 'logs' | 'exec', {metadata}: Named, more = ''): string =>
	`kubectl -n ${metadata?.namespace} ${verb} ${metadata?.name}${more === '' ? '' : ` ${more}`}`;
