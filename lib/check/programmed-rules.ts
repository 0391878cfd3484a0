import {withPort} from './ip.ts';

/** What kube-proxy has programmed for one Service on one node: `port-name/protocol ip:port` for each endpoint, `port-name/protocol none` for each port that refuses. */
export type Programmed = ReadonlySet<string>;

const entry = (port: string, protocol: string, target: string): string => `${port}/${protocol.toLowerCase()} ${target}`;

/** As kube-proxy names a port in comments: `ns/name:port`, or `ns/name` for a port without a name (ServicePortName.String). */
const portOf = (comment: string, service: string): string | undefined => {
	if (comment === service) return '';
	return comment.startsWith(`${service}:`) ? comment.slice(service.length + 1) : undefined;
};

/**
 * Reads the text of iptables-save (tables nat and filter): the DNAT rules of KUBE-SEP chains and the REJECT rules for Services without endpoints
 * (pkg/proxy/iptables/proxier.go, v1.36). `service` is `namespace/name`.
 */
export const programmedByIptables = (save: string, service: string): Programmed => {
	const found = new Set<string>();
	for (const line of save.split('\n')) {
		const comment = /--comment "?([^"\s]+(?: has no endpoints)?)"?/.exec(line)?.[1];
		const protocol = / -p (\w+)/.exec(line)?.[1];
		if (comment === undefined || protocol === undefined) continue;
		const target = line.startsWith('-A KUBE-SEP-') ? /--to-destination (\S+)/.exec(line)?.[1] : undefined;
		const refuses = line.startsWith('-A KUBE-SERVICES ') && line.includes(' -j REJECT') && comment.endsWith(' has no endpoints');
		const port = portOf(refuses ? comment.slice(0, -' has no endpoints'.length) : comment, service);
		if (port === undefined) continue;
		if (target !== undefined) found.add(entry(port, protocol, target));
		if (refuses) found.add(entry(port, protocol, 'none'));
	}
	return found;
};

/** `HASH8-ns/name/protocol/port`, as all chains of a Service port are named. */
const CHAIN = /^\tchain (?:service|endpoint)-[A-Z2-7]{8}-([^/\s]+\/[^/\s]+)\/(\w+)\/([^_\s]*)(?:__\S+)? \{$/;

/**
 * Reads the text of `nft list table ip kube-proxy`, or ip6 (pkg/proxy/nftables/proxier.go, v1.35 and v1.36): with affinity, before 1.36 always, each endpoint has a chain
 * of its own (one that is needed no more stays for a while, empty); else the Service's chain draws from an anonymous map. The map no-endpoint-services holds what refuses.
 */
export const programmedByNftables = (table: string, service: string): Programmed => {
	const found = new Set<string>();
	let chain: {port: string; protocol: string} | undefined;
	for (const line of table.split('\n')) {
		const [, name, protocol = '', port = ''] = CHAIN.exec(line) ?? [];
		if (line === '\t}') chain = undefined;
		if (name === service) chain = {port, protocol};
		// meta l4proto tcp dnat to 10.244.1.3:8080
		const own = /dnat to (\S+:\d+)$/.exec(line)?.[1];
		if (chain && own !== undefined) found.add(entry(chain.port, chain.protocol, own));
		// dnat ip to numgen random mod 2 map { 0 : 10.244.1.3 . 8080, 1 : 10.244.1.4 . 8080 }
		if (chain) for (const [, address, target] of line.matchAll(/\d+ : (\S+) \. (\d+)/g)) found.add(entry(chain.port, chain.protocol, withPort(address as string, target as string)));
	}
	// 10.96.1.2 . tcp . 80 comment "ns/name:port" : goto reject-chain
	for (const [, protocol, comment] of table.matchAll(/\S+ \. (\w+) \. \d+ comment "([^"]+)" : goto reject-chain/g)) {
		const port = portOf(comment as string, service);
		if (port !== undefined) found.add(entry(port, protocol as string, 'none'));
	}
	return found;
};
