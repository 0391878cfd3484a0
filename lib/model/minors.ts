/**
 * What differs between minor versions of kube-proxy: the first that has it (feature gates: that has it switched on by default) and the
 * first that no longer has it.
 */
const CHANGES = {
	/**
	 * trafficDistribution PreferSameNode: gate PreferSameTrafficDistribution, alpha 1.33, on by default from 1.34
	 * (pkg/features/kube_features.go, KEP-3015).
	 */
	sameNodeHints: {from: 34, until: undefined},
	/**
	 * Both labels that kube-proxy passes over, service-proxy-name of Services and headless of slices, counted on either
	 * (kubernetes#134623).
	 */
	eitherLabelOnBoth: {from: 0, until: 36},
	/**
	 * KUBE-IPVS-FILTER: ipvs refuses what goes to a Service's address but to none of its ports, ping included; before, the node itself
	 * answered (kubernetes#72236, #108460).
	 */
	ipvsFilter: {from: 27, until: undefined},
	/**
	 * Of one endpoint in several slices, one that is not terminating goes before one that is; before, the first that was seen counted, on
	 * its own node the last (kubernetes#135593).
	 */
	runningBeforeTerminating: {from: 36, until: undefined},
	/**
	 * nftables: a chain mark-for-masquerade sets the mark, and others jump there; since, each rule sets the mark itself
	 * (kubernetes#135800).
	 */
	nftMarkChain: {from: 0, until: 36},
	/**
	 * nftables: one rule of `services` masquerades what comes to any cluster address from outside, one of `masquerading` pods that meet
	 * themselves (set hairpin-connections); before, rules in the chains of every Service and every endpoint (kubernetes#136499).
	 */
	nftSharedMasquerading: {from: 36, until: undefined},
	/** nftables: every endpoint has a chain; since, only those with affinity (kubernetes#136499). */
	nftChainPerEndpoint: {from: 0, until: 36},
	/** nftables: a single endpoint without a chain is a plain `dnat to`; before, a map of one (kubernetes#140723). */
	nftSingleWithoutMap: {from: 37, until: undefined},
	/**
	 * nftables: comments are cut at 128 bytes; before, nft refused a longer one, and with it every rule of kube-proxy
	 * (truncateNFTablesComment of pkg/proxy/nftables/proxier.go).
	 */
	nftCutComments: {from: 37, until: undefined},
	/**
	 * nodePortAddresses holds keywords (`primary`, `localhost`, `all`) beside each other and beside CIDRs; before, kube-proxy took
	 * `primary` alone (KEP-6032).
	 */
	nodePortKeywords: {from: 37, until: undefined},
} as const satisfies Record<string, {from: number; until: number | undefined}>;

/** Whether kube-proxy of this minor version behaves so. */
export const has = (change: keyof typeof CHANGES, minor: number): boolean => {
	const {from, until} = CHANGES[change];
	return minor >= from && (until === undefined || minor < until);
};
