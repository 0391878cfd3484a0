import type {V1DaemonSet, V1EndpointSlice, V1NetworkPolicy, V1Node, V1Pod, V1Service, V1ServiceCIDR} from '@kubernetes/client-node';
import type {Kube} from '../kube.ts';
import {KUBE_PROXY, KUBE_PROXY_PODS} from '../kube-proxy.ts';
import type {Fact} from '../facts/fact.ts';
import {calling, listing, type Listing} from './pages.ts';

/** What the API tells. Secrets are never read. */
export type ApiFacts = {
	/** Of the API server: `v1.36.3`. */
	readonly version: Fact<string>;
	readonly services: Fact<Listing<V1Service>>;
	readonly slices: Fact<Listing<V1EndpointSlice>>;
	readonly nodes: Fact<Listing<V1Node>>;
	readonly pods: Fact<Listing<V1Pod>>;
	readonly networkPolicies: Fact<Listing<V1NetworkPolicy>>;
	/** Ranges that ClusterIPs come from (KEP-1880); kube-proxy drops what is for their unused addresses in nftables mode. Since 1.33. */
	readonly serviceCIDRs: Fact<Listing<V1ServiceCIDR>>;
	/** config.conf of the ConfigMap kube-proxy, as kubeadm makes it; nothing else of that object. */
	readonly proxyConfig: Fact<string>;
	readonly proxyDaemonSet: Fact<V1DaemonSet>;
	readonly proxyPods: Fact<Listing<V1Pod>>;
	/** Last lines of each kube-proxy, by pod. */
	readonly proxyLogs: ReadonlyMap<string, Fact<string>>;
};

type Reader = Pick<Kube, 'core' | 'apps' | 'discovery' | 'networking' | 'version'>;

const {namespace: NAMESPACE, name: NAME} = KUBE_PROXY;

/** Enough for a start and the last few failures. */
const LOG_LINES = 200;

const configOf = async ({core}: Reader): Promise<Fact<string>> => {
	const source = `/api/v1/namespaces/${NAMESPACE}/configmaps/${NAME}`;
	const fact = await calling(source, () => core.readNamespacedConfigMap({namespace: NAMESPACE, name: NAME}));
	if (!fact.ok) return fact;
	const text = fact.value.data?.['config.conf'];
	return text === undefined
		? {ok: false, why: `it has no config.conf, but ${Object.keys(fact.value.data ?? {}).join(', ') || 'nothing'}`, source}
		: {ok: true, value: text, source};
};

const logOf = async ({core}: Reader, name: string): Promise<[string, Fact<string>]> => [
	name,
	await calling(`/api/v1/namespaces/${NAMESPACE}/pods/${name}/log?tailLines=${LOG_LINES}`, () =>
		core.readNamespacedPodLog({namespace: NAMESPACE, name, tailLines: LOG_LINES}),
	),
];

const proxyPodsOf = async ({core}: Reader): Promise<ApiFacts['proxyPods']> =>
	listing(`/api/v1/namespaces/${NAMESPACE}/pods?labelSelector=${KUBE_PROXY_PODS.labelSelector}`, page =>
		core.listNamespacedPod({...KUBE_PROXY_PODS, ...page}),
	);

/** How each is read; `proxyPods` are read once for all that need them. */
const READ: {
	readonly [Name in keyof ApiFacts]: (kube: Reader, proxyPods: () => Promise<ApiFacts['proxyPods']>) => Promise<ApiFacts[Name]>;
} = {
	version: async ({version}) => calling('/version', async () => (await version.getCode()).gitVersion),
	services: async ({core}) => listing('/api/v1/services', page => core.listServiceForAllNamespaces(page)),
	slices: async ({discovery}) =>
		listing('/apis/discovery.k8s.io/v1/endpointslices', page => discovery.listEndpointSliceForAllNamespaces(page)),
	nodes: async ({core}) => listing('/api/v1/nodes', page => core.listNode(page)),
	pods: async ({core}) => listing('/api/v1/pods', page => core.listPodForAllNamespaces(page)),
	networkPolicies: async ({networking}) =>
		listing('/apis/networking.k8s.io/v1/networkpolicies', page => networking.listNetworkPolicyForAllNamespaces(page)),
	serviceCIDRs: async ({networking}) => listing('/apis/networking.k8s.io/v1/servicecidrs', page => networking.listServiceCIDR(page)),
	proxyConfig: configOf,
	proxyDaemonSet: async ({apps}) =>
		calling(`/apis/apps/v1/namespaces/${NAMESPACE}/daemonsets/${NAME}`, () =>
			apps.readNamespacedDaemonSet({namespace: NAMESPACE, name: NAME}),
		),
	proxyPods: async (_, proxyPods) => proxyPods(),
	async proxyLogs(kube, proxyPods) {
		const pods = await proxyPods();
		const names = pods.ok ? pods.value.items.flatMap(({metadata}) => metadata?.name ?? []) : [];
		return new Map(await Promise.all(names.map(async name => logOf(kube, name))));
	},
};

const API_FACTS = Object.keys(READ) as readonly (keyof ApiFacts)[];

/**
 * Reads what is asked for of the API (left out: everything), changing nothing.
 * What cannot be read (no right to, gone, no answer) is a fact that is missing.
 */
export const gatherApi = async <Name extends keyof ApiFacts = keyof ApiFacts>(
	kube: Reader,
	names: readonly Name[] = API_FACTS as readonly Name[],
): Promise<Pick<ApiFacts, Name>> => {
	let pods: Promise<ApiFacts['proxyPods']> | undefined;
	const proxyPods = async (): Promise<ApiFacts['proxyPods']> => (pods ??= proxyPodsOf(kube));
	return Object.fromEntries(
		await Promise.all(names.map(async name => [name, await READ[name](kube, proxyPods)] as const)),
	) as unknown as Pick<ApiFacts, Name>;
};
