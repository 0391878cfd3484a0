/** Chains of iptables that serve all Services, by the modes whose kube-proxy makes them (pkg/proxy/{iptables,ipvs}/proxier.go). */
export const CHAIN_NAMES = {
	both: ['KUBE-SERVICES', 'KUBE-POSTROUTING', 'KUBE-MARK-MASQ', 'KUBE-FORWARD', 'KUBE-PROXY-FIREWALL'],
	iptables: ['KUBE-NODEPORTS', 'KUBE-EXTERNAL-SERVICES', 'KUBE-PROXY-CANARY'],
	ipvs: ['KUBE-NODE-PORT', 'KUBE-LOAD-BALANCER', 'KUBE-SOURCE-RANGES-FIREWALL', 'KUBE-IPVS-FILTER', 'KUBE-IPVS-OUT-FILTER'],
} as const;
