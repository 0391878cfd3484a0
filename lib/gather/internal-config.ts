import {part, texts, type JsonObject} from '../facts/parse/json.ts';

/**
 * Whether a configuration of kube-proxy is its internal one, whose fields have Go's names: up to 1.35 /configz shows that
 * (kubernetes#137426).
 */
export const isInternal = (config: JsonObject): boolean => 'IPTables' in config;

/**
 * Makes of an internal configuration (of 1.31 to 1.35) the published one, as far as it counts for the rules
 * (pkg/proxy/apis/config/v1alpha1/conversion.go).
 */
export const versioned = (config: JsonObject): JsonObject => {
	const [linux, iptables, ipvs, nftables, detect] = ['Linux', 'IPTables', 'IPVS', 'NFTables', 'DetectLocal'].map(name =>
		part(config, name),
	) as [JsonObject, JsonObject, JsonObject, JsonObject, JsonObject];
	const {MasqueradeAll: masqueradeAll} = linux;
	return {
		mode: config['Mode'],
		iptables: {masqueradeAll, masqueradeBit: iptables['MasqueradeBit'], localhostNodePorts: iptables['LocalhostNodePorts']},
		ipvs: {scheduler: ipvs['Scheduler'], excludeCIDRs: ipvs['ExcludeCIDRs'], strictARP: ipvs['StrictARP']},
		nftables: {masqueradeAll, masqueradeBit: nftables['MasqueradeBit']},
		detectLocalMode: config['DetectLocalMode'],
		detectLocal: {bridgeInterface: detect['BridgeInterface'], interfaceNamePrefix: detect['InterfaceNamePrefix']},
		clusterCIDR: texts(detect['ClusterCIDRs']).join(','),
		nodePortAddresses: config['NodePortAddresses'],
		conntrack: {tcpBeLiberal: part(linux, 'Conntrack')['TCPBeLiberal']},
	};
};
