import type {JsonObject} from '../facts/parse/json.ts';
import {part, text} from '../facts/parse/json.ts';
import type {Right} from '../read-kube.ts';
import type {FactName} from './facts.ts';
import {pruned, prunedDaemonSet, prunedPod, prunedWebhooks} from './prune.ts';

/** Where a fact is read, and the right that this takes. */
export type Source = {
	readonly path: string;
	readonly right: Right | undefined;
	readonly query?: Readonly<Record<string, string>>;
} & (
	| {readonly kind: 'list'; readonly keep: (item: JsonObject) => JsonObject}
	/** One object, of which one value is kept; undefined: it has none. */
	| {readonly kind: 'object'; readonly read: (object: JsonObject) => unknown}
);

const list = (group: string, version: string, resource: string, keep = pruned, query?: Source['query']): Source => ({
	kind: 'list',
	path: `${group === '' ? '/api' : `/apis/${group}`}/${version}/${resource}`,
	right: {verb: 'list', group, resource},
	keep,
	...(query && {query}),
});

const configMap = (name: string, keys: readonly string[]): Source => ({
	kind: 'object',
	path: `/api/v1/namespaces/kube-system/configmaps/${name}`,
	right: {verb: 'get', group: '', resource: 'configmaps', namespace: 'kube-system'},
	read: object => keys.map(key => text(part(object, 'data')[key])).find(Boolean),
});

const METALLB = 'metallb.io';

/**
 * Everything that diagnose ever asks an API server for, and nothing else: the shipped ClusterRole is made of this table. Secrets are never
 * read.
 */
export const SOURCES: Readonly<Record<Exclude<FactName, 'nodeEvidence'>, Source>> = {
	version: {kind: 'object', path: '/version', right: undefined, read: object => object['gitVersion']},
	services: list('', 'v1', 'services'),
	slices: list('discovery.k8s.io', 'v1', 'endpointslices'),
	nodes: list('', 'v1', 'nodes'),
	pods: list('', 'v1', 'pods', prunedPod),
	namespaces: list('', 'v1', 'namespaces'),
	networkPolicies: list('networking.k8s.io', 'v1', 'networkpolicies'),
	daemonSets: list('apps', 'v1', 'daemonsets', prunedDaemonSet),
	serviceCIDRs: list('networking.k8s.io', 'v1', 'servicecidrs'),
	ingresses: list('networking.k8s.io', 'v1', 'ingresses'),
	events: list('', 'v1', 'events', pruned, {fieldSelector: 'type!=Normal'}),
	// kubeadm and kind write config.conf, EKS `config` in a ConfigMap of another name.
	proxyConfig: configMap('kube-proxy', ['config.conf', 'config']),
	corefile: configMap('coredns', ['Corefile']),
	validatingWebhooks: list('admissionregistration.k8s.io', 'v1', 'validatingwebhookconfigurations', prunedWebhooks),
	mutatingWebhooks: list('admissionregistration.k8s.io', 'v1', 'mutatingwebhookconfigurations', prunedWebhooks),
	apiServices: list('apiregistration.k8s.io', 'v1', 'apiservices'),
	addressPools: list(METALLB, 'v1beta1', 'ipaddresspools'),
	l2Advertisements: list(METALLB, 'v1beta1', 'l2advertisements'),
	bgpAdvertisements: list(METALLB, 'v1beta1', 'bgpadvertisements'),
	l2Statuses: list(METALLB, 'v1beta1', 'servicel2statuses'),
};

/** `list pods`, `get configmaps in kube-system`, as a person asks an administrator for it. */
export const rightText = ({verb, group = '', resource, subresource, namespace}: Right): string =>
	`${verb} ${resource}` +
	(subresource === undefined ? '' : `/${subresource}`) +
	(group === '' ? '' : ` (${group})`) +
	(namespace === undefined ? '' : ` in ${namespace}`);
