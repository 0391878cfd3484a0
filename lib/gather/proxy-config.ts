import {parse} from 'yaml';
import type {IpvsConfig, ProxyConfig} from '../model/state.ts';
import {TransportError} from '../shell/shell.ts';
import {isInternal, versioned} from './internal-config.ts';
import {isObject, number, part, text, texts, type JsonObject} from '../facts/parse/json.ts';

const objectOf = (source: string): JsonObject => {
	let value: unknown;
	try {
		value = parse(source);
	} catch (cause) {
		throw new TransportError(
			`kube-proxy's configuration cannot be read as YAML: ${cause instanceof Error ? cause.message : String(cause)}`,
			{cause},
		);
	}
	if (!isObject(value)) throw new TransportError(`kube-proxy's configuration is not an object: ${source.slice(0, 200)}`);
	const inner = value['kubeproxy.config.k8s.io'];
	const config = isObject(inner) ? inner : value;
	return isInternal(config) ? versioned(config) : config;
};

const LOCAL_MODES = ['ClusterCIDR', 'NodeCIDR', 'BridgeInterface', 'InterfaceNamePrefix'] as const;

/** pkg/proxy/ipvs/proxier.go: no scheduler is rr. */
const ipvsOf = (ipvs: JsonObject): IpvsConfig => ({
	scheduler: text(ipvs['scheduler']) || 'rr',
	excludeCIDRs: texts(ipvs['excludeCIDRs']),
	strictARP: ipvs['strictARP'] === true,
});

/** The mode that a configuration asks for; '' is iptables on Linux. */
export const modeOf = (source: string): string => text(objectOf(source)['mode']) || 'iptables';

/**
 * What of kube-proxy's configuration counts for its rules, with its defaults (pkg/proxy/apis/config/v1alpha1/defaults.go, conversion.go).
 * `source`: the YAML of the ConfigMap's config.conf, or the JSON of /configz. `tcpBeLiberal`: the value of
 * net.netfilter.nf_conntrack_tcp_be_liberal on the node, undefined where it is not known; kube-proxy sets it before it looks at it, where
 * it is configured to. Throws TransportError for text that is no configuration.
 */
export const proxyConfigOf = (source: string, tcpBeLiberal: string | undefined): ProxyConfig => {
	const config = objectOf(source);
	const iptables = part(config, 'iptables');
	const detect = part(config, 'detectLocal');
	// ipvs takes iptables' part.
	const own = config['mode'] === 'nftables' ? part(config, 'nftables') : iptables;
	const wanted = text(config['detectLocalMode']) || 'ClusterCIDR';
	const detectLocalMode = LOCAL_MODES.find(mode => mode === wanted) ?? 'none';
	const localInterface =
		detectLocalMode === 'BridgeInterface'
			? text(detect['bridgeInterface'])
			: detectLocalMode === 'InterfaceNamePrefix'
				? text(detect['interfaceNamePrefix'])
				: undefined;
	return {
		clusterCIDRs: (text(config['clusterCIDR']) ?? '')
			.split(',')
			.map(cidr => cidr.trim())
			.filter(Boolean),
		detectLocalMode,
		...(localInterface === undefined ? {} : {localInterface}),
		masqueradeAll: own['masqueradeAll'] === true,
		masqueradeBit: number(own['masqueradeBit']) ?? 14,
		localhostNodePorts: iptables['localhostNodePorts'] !== false,
		nodePortAddresses: texts(config['nodePortAddresses']),
		tcpBeLiberal: part(config, 'conntrack')['tcpBeLiberal'] === true || (tcpBeLiberal !== undefined && tcpBeLiberal !== '0'),
		...(config['mode'] === 'ipvs' && {ipvs: ipvsOf(part(config, 'ipvs'))}),
	};
};
