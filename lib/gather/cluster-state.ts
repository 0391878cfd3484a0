import type {ClusterState} from '../model/state.ts';
import {TransportError} from '../shell/shell.ts';
import {minorOf, MODES, type Mode} from '../target.ts';
import {needed} from '../facts/fact.ts';
import {buildVersion} from '../facts/parse/metrics.ts';
import type {ApiFacts} from './gather-api.ts';
import {modeOf, proxyConfigOf} from './proxy-config.ts';
import type {NodeFacts} from '../facts/read-node.ts';

type FromApi = Pick<ApiFacts, 'services' | 'slices' | 'nodes' | 'proxyConfig' | 'proxyDaemonSet' | 'version'> &
	Partial<Pick<ApiFacts, 'serviceCIDRs'>>;
type FromNode = Pick<NodeFacts, 'configz' | 'proxyMode' | 'metrics' | 'sysctls'>;

/** What `clusterStateOf` needs. */
export const STATE_FACTS = ['services', 'slices', 'nodes', 'proxyConfig', 'proxyDaemonSet', 'version', 'serviceCIDRs'] as const;

const WHAT = "the cluster's state is not known";

/** What kube-proxy says of itself counts most; its image's tag may be any text; an API server may be one minor ahead of it or three. */
const proxyMinor = ({proxyDaemonSet, version}: FromApi, node: FromNode | undefined): number => {
	const own = node?.metrics.ok ? buildVersion(node.metrics.value) : undefined;
	const tag = proxyDaemonSet.ok
		? /:([^:/@]+)(?:@.*)?$/.exec(proxyDaemonSet.value.spec?.template.spec?.containers[0]?.image ?? '')?.[1]
		: undefined;
	const minor = minorOf(own ?? '') ?? minorOf(tag ?? '') ?? minorOf(needed(WHAT, version));
	if (minor === undefined)
		throw new TransportError(
			`kube-proxy's version is not known: its metrics say ${own ?? 'nothing'}, its image ${tag ?? 'nothing'}, the API ` +
				`server ${needed(WHAT, version)}`,
		);
	return minor;
};

const knownMode = (mode: string): Mode => {
	const known = MODES.find(one => one === mode);
	if (!known) throw new TransportError(`kube-proxy's mode is ${JSON.stringify(mode)}, not one of ${MODES.join(', ')}`);
	return known;
};

/**
 * The state that the model answers from. With `node` it is as that node's kube-proxy sees it: its running mode, configuration and version;
 * without, as the cluster's ConfigMap says. Throws TransportError, with the source, when a fact that it needs is missing.
 */
export const clusterStateOf = (api: FromApi, node?: FromNode): ClusterState => {
	const config = node?.configz.ok ? node.configz.value : needed(WHAT, api.proxyConfig);
	const beLiberal = node?.sysctls.ok ? node.sysctls.value.values.get('net.netfilter.nf_conntrack_tcp_be_liberal') : undefined;
	return {
		services: needed(WHAT, api.services).items,
		slices: needed(WHAT, api.slices).items,
		nodes: needed(WHAT, api.nodes).items,
		mode: knownMode(node?.proxyMode.ok ? node.proxyMode.value : modeOf(config)),
		minor: proxyMinor(api, node),
		proxy: proxyConfigOf(config, beLiberal),
		// API servers before 1.33 have none of these objects; their kube-proxy then knows of no range.
		...(api.serviceCIDRs?.ok && {serviceCIDRs: api.serviceCIDRs.value.items.flatMap(({spec}) => spec?.cidrs ?? [])}),
	};
};
