import type {V1ConfigMap, V1DaemonSet} from '@kubernetes/client-node';
import {parse, stringify} from 'yaml';
import type {Kube} from '../kube.ts';
import {KUBE_PROXY, KUBE_PROXY_PODS} from '../kube-proxy.ts';
import {ChangeError, type Change, type Command} from './command.ts';

const {namespace: NAMESPACE, name: NAME} = KUBE_PROXY;
const KEY = 'config.conf';

/** Some fields of KubeProxyConfiguration (kubeproxy.config.k8s.io/v1alpha1); those within others are merged. */
export type ProxyConfigPatch = {readonly [field: string]: string | number | boolean | null | readonly string[] | ProxyConfigPatch};

const isFields = (value: unknown): value is ProxyConfigPatch => typeof value === 'object' && value !== null && !Array.isArray(value);

/** RFC 7386: null removes a field. */
export const merged = (config: ProxyConfigPatch, patch: ProxyConfigPatch): ProxyConfigPatch => {
	const result: Record<string, ProxyConfigPatch[string]> = {...config};
	for (const [field, value] of Object.entries(patch)) {
		const before = result[field];
		if (value === null) delete result[field];
		else result[field] = isFields(value) ? merged(isFields(before) ? before : {}, value) : value;
	}
	return result;
};

const configMap = (name: string, data: Record<string, string>): V1ConfigMap => ({
	apiVersion: 'v1',
	kind: 'ConfigMap',
	metadata: {name, namespace: NAMESPACE},
	data,
});
const apply = (object: V1ConfigMap | V1DaemonSet): Command => ({kind: 'api', verb: 'apply', object});

/** Starts kube-proxy anew, on all nodes or on one. */
export const restartProxy = (node?: string): Command => ({
	kind: 'restart',
	namespace: KUBE_PROXY_PODS.namespace,
	selector: KUBE_PROXY_PODS.labelSelector,
	...(node !== undefined && {node}),
});

/** A kube-proxy is Ready from its start on; it has taken its configuration when it answers (metricsBindAddress, left at its default). */
const ANSWERS =
	'for try in $(seq 300); do curl --silent --fail --max-time 1 --output /dev/null http://127.0.0.1:10249/proxyMode && exit 0; ' +
	'sleep 0.1; done; echo "kube-proxy does not answer on port 10249" >&2; exit 1';
/** Waits until the kube-proxy of each of these nodes has taken its configuration. */
export const answers = (nodes: readonly string[]): readonly Command[] =>
	nodes.map(node => ({kind: 'run', node, argv: ['sh', '-c', ANSWERS]}));

/** The DaemonSet with or without a node; OnDelete, so that the proxies of all other nodes go on as they are. */
const without = (node: string | undefined): V1DaemonSet =>
	({
		apiVersion: 'apps/v1',
		kind: 'DaemonSet',
		metadata: {name: NAME, namespace: NAMESPACE},
		...(node !== undefined && {
			spec: {
				updateStrategy: {type: 'OnDelete'},
				template: {
					spec: {
						affinity: {
							nodeAffinity: {
								requiredDuringSchedulingIgnoredDuringExecution: {
									nodeSelectorTerms: [
										{matchExpressions: [{key: 'kubernetes.io/hostname', operator: 'NotIn', values: [node]}]},
									],
								},
							},
						},
					},
				},
			},
		}),
	}) as V1DaemonSet;

/** A kube-proxy for one node, like the others but with a ConfigMap of its own. */
const ofItsOwn = (daemonSet: V1DaemonSet, node: string, name: string): V1DaemonSet => {
	const labels = {'k8s-app': name};
	const pod = daemonSet.spec?.template.spec;
	if (!pod) throw new ChangeError(`DaemonSet ${NAMESPACE}/${NAME} has no pod template`);
	return {
		apiVersion: 'apps/v1',
		kind: 'DaemonSet',
		metadata: {name, namespace: NAMESPACE, labels},
		spec: {
			selector: {matchLabels: labels},
			template: {
				metadata: {labels},
				spec: {
					...pod,
					nodeSelector: {...pod.nodeSelector, 'kubernetes.io/hostname': node},
					volumes: (pod.volumes ?? []).map(volume =>
						volume.configMap?.name === NAME ? {...volume, configMap: {...volume.configMap, name}} : volume,
					),
				},
			},
		},
	};
};

/**
 * kube-proxy with another configuration, on all of the cluster's nodes or on one, each restarted; taking it back restores the text that was
 * there, to the letter. For clusters whose kube-proxy is kubeadm's DaemonSet. Throws ChangeError for others.
 */
export const proxyConfig = async (
	kube: Kube,
	nodes: readonly {readonly name: string}[],
	patch: ProxyConfigPatch,
	node?: string,
): Promise<Change> => {
	const names = nodes.map(one => one.name);
	const {data = {}} = await kube.core.readNamespacedConfigMap({namespace: NAMESPACE, name: NAME});
	const text = data[KEY];
	if (text === undefined) throw new ChangeError(`ConfigMap ${NAMESPACE}/${NAME} has no ${KEY}`);
	const changed = stringify(merged(parse(text) as ProxyConfigPatch, patch));
	if (node === undefined) {
		return {
			name: 'kube-proxy has another configuration',
			make: [apply(configMap(NAME, {[KEY]: changed})), restartProxy(), ...answers(names)],
			undo: [apply(configMap(NAME, {[KEY]: text})), restartProxy(), ...answers(names)],
		};
	}
	const name = `${NAME}-${node}`;
	const own = ofItsOwn(await kube.apps.readNamespacedDaemonSet({namespace: NAMESPACE, name: NAME}), node, name);
	const objects = [configMap(name, {...data, [KEY]: changed}), own];
	return {
		name: `kube-proxy of ${node} has another configuration`,
		// The two proxies would share the node's network, and its ports.
		make: [
			apply(without(node)),
			{kind: 'rollout', namespace: NAMESPACE, daemonSet: NAME, whateverTemplate: true},
			...objects.map(object => apply(object)),
			{kind: 'rollout', namespace: NAMESPACE, daemonSet: name},
			...answers([node]),
		],
		undo: [
			...objects.map((object): Command => ({kind: 'api', verb: 'remove', object})),
			{kind: 'gone', namespace: NAMESPACE, selector: `k8s-app=${name}`},
			apply(without(undefined)),
			{kind: 'rollout', namespace: NAMESPACE, daemonSet: NAME},
			...answers([node]),
		],
	};
};
