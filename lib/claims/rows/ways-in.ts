import {inMode, inModes, measured, notTested, provedBy, refutedBy, supportedBy} from '../by-checks.ts';
import type {Claim} from '../claim.ts';

export default [
	{
		id: 'vip-no-arp-no-ping',
		statement: 'a ClusterIP answers neither ARP nor ping',
		expected: 'ARP: holds in iptables and nftables, in ipvs only with strictARP; ping: per mode and version',
		judge: inModes({
			iptables: supportedBy('clusterip/vip-not-on-wire', 'nobody answered ARP or ping for a ClusterIP'),
			nftables: supportedBy('clusterip/vip-not-on-wire', 'nobody answered ARP or ping for a ClusterIP'),
			ipvs: supportedBy(
				'clusterip/vip-not-on-wire',
				'ARP and ping were as the mode lets expect; this cluster has strictARP, without it nodes answer ARP',
			),
		}),
	},
	{
		id: 'vip-on-no-interface',
		statement: 'a ClusterIP is on no interface',
		expected: 'iptables, nftables: yes; ipvs: no, on kube-ipvs0',
		judge: inModes({
			iptables: provedBy('claims/observed/interfaces', 'no interface of any node had it'),
			nftables: provedBy('claims/observed/interfaces', 'no interface of any node had it'),
			ipvs: refutedBy('ipvs/dummy-noarp', 'it was on kube-ipvs0 of every node'),
		}),
	},
	{
		id: 'clusterip-inside-only',
		statement: 'a ClusterIP cannot be reached from outside the cluster',
		expected: 'only for want of a route: a host with a route through a node reaches it',
		judge: refutedBy('clusterip/masquerade-offcluster', 'a host outside with a route by a node was served'),
	},
	{
		id: 'nodeport-every-node',
		statement: 'every node serves the NodePort, also one without a backend, also the control plane',
		expected: 'yes',
		judge: provedBy('nodeport/every-node', 'every address of every node, the control plane included, answered'),
	},
	{
		id: 'nodeport-no-dynamic',
		statement: 'a NodePort must be chosen by hand',
		expected: 'no: allocated from the range when left out',
		judge: refutedBy('nodeport/every-node', 'the Service named no node port; one was allocated, and served'),
	},
	{
		id: 'nodeport-range',
		statement: 'a NodePort lies in 30000-32767 by default; outside is refused',
		expected: 'yes',
		judge: provedBy('nodeport/range', 'numbers beyond the range were refused at both ends'),
	},
	{
		id: 'nodeport-listening-socket',
		statement: 'kube-proxy holds a listening socket for each NodePort',
		expected: 'no: not in current versions (ss -ltn)',
		judge: refutedBy('claims/observed/sockets', 'no node had a listening socket at a node port that was served'),
	},
	{
		id: 'nodeport-all-interfaces',
		statement: 'a NodePort is served on every address of the node, loopback included',
		expected: 'per mode: all in iptables mode; not on loopback in ipvs mode; on the primary addresses alone in nftables mode',
		judge: inModes({
			iptables: provedBy('nodeport/localhost', 'it was served on 127.0.0.1 too'),
			ipvs: refutedBy('nodeport/localhost', 'it was not served on 127.0.0.1'),
			nftables: refutedBy('nodeport/localhost', 'it was not served on 127.0.0.1'),
		}),
	},
	{
		id: 'nodeport-ipvs-via-kube-svc',
		statement: 'in ipvs mode a NodePort packet passes KUBE-NODEPORTS and a KUBE-SVC chain',
		expected: 'no: KUBE-NODE-PORT, ipset, virtual server',
		judge: inMode(
			'ipvs',
			refutedBy('rules/ipvs-exact', 'the rules of every node were exactly those of ipvs mode, which has neither of these chains'),
		),
	},
	{
		id: 'nodeport-superset',
		statement: 'a NodePort Service also has a working ClusterIP',
		expected: 'yes',
		judge: supportedBy('udp/echo', 'one Service answered by its ClusterIP and by its node port'),
	},
	{
		id: 'externalip-no-nat',
		statement: 'externalIPs traffic needs no NAT',
		expected: 'no: DNAT always, masqueraded unless policy Local',
		judge: refutedBy(
			'externalip/route',
			'pods answered connections to an address that none of them has: their destination was translated',
		),
	},
	{
		id: 'externalip-must-be-node-ip',
		statement: 'the externalIP must be an address of a node',
		expected: 'no: any address that is routed to a node; the API does not check it',
		judge: refutedBy('externalip/route', 'addresses that no node has were taken by the API, and served'),
	},
	{
		id: 'externalip-allocated',
		statement: 'Kubernetes announces the externalIP',
		expected: "no: routing to a node is the administrator's work",
		judge: refutedBy('claims/observed/announced', 'without a route of its own a host outside on the nodes’ segment had no answer'),
	},
	{
		id: 'hostport-one-pod',
		statement: 'a host port can be used by one pod per node',
		expected: 'per address and protocol',
		judge: refutedBy('hostport/conflict', 'two pods on one node had the same host port, one for TCP and one for UDP'),
	},
	{
		id: 'hostport-conflict',
		statement: 'a second pod with the same host port stays Pending',
		expected: "yes, with the scheduler's event",
		judge: provedBy('hostport/conflict', 'it stayed Pending, with the event of the scheduler, until the first was gone'),
	},
	{
		id: 'hostport-needs-no-proxy',
		statement: 'HostPort works without kube-proxy',
		expected: 'yes: the CNI portmap plugin',
		judge: supportedBy(
			'claims/without-proxy',
			'on a node whose kube-proxy stood still and whose rules were gone, a new pod’s host port served',
		),
	},
	{
		id: 'probes-via-iptables',
		statement: 'kubelet probes depend on iptables',
		expected: 'no',
		judge: refutedBy(
			'claims/without-proxy',
			'on a node whose kube-proxy stood still and whose rules were gone, a new pod became Ready by its probe',
		),
	},
	{
		id: 'etp-local-keeps-ip',
		statement: "externalTrafficPolicy Local keeps the client's address; nodes without a backend drop",
		expected: 'iptables, nftables: yes; ipvs: the client times out all the same, as the reply to a forwarded packet is discarded',
		judge: supportedBy('policy/etp-local', "endpoints saw the client's own address, and nodes without one answered nobody"),
	},
	{
		id: 'sctp-supported',
		statement: 'SCTP Services work',
		expected: 'yes where the kernel and CNI do',
		judge: provedBy('sctp/echo', 'SCTP was answered by ClusterIP and NodePort'),
	},
	{
		id: 'affinity-timeout-3h',
		statement: 'ClientIP affinity lasts 10800 s by default',
		expected: "yes: the field's default; the window slides; ipvs floor 120 s",
		judge: provedBy('claims/observed/affinity-default', 'the API set timeoutSeconds 10800 where nothing was said'),
	},
	{
		id: 'affinity-rebind',
		statement: 'when the chosen pod dies the client moves on',
		expected: 'yes',
		judge: provedBy('affinity/endpoint-gone', 'the next connection of the client was answered by another endpoint'),
	},
	{
		id: 'metallb-l2-one-node',
		statement: "in L2 mode one node carries an address's traffic; failover interrupts for seconds",
		expected: 'yes: measure',
		judge: measured(['metallb/l2-single-announcer', 'metallb/l2-failover/link-cut'], runs => {
			const outages = runs.flatMap(({numbers}) => numbers.flatMap(({name, value}) => (name === 'outage' ? [value] : [])));
			if (outages.length === 0) return {verdict: 'unclear', why: 'one MAC answered; the run has no figure of an outage'};
			const ms = Math.max(...outages);
			return {
				verdict: ms >= 1000 ? 'holds' : 'does not hold',
				why: `one MAC answered, and when the link of its node was cut nobody served for ${ms} ms`,
			};
		}),
	},
	{
		id: 'metallb-strictarp',
		statement: 'ipvs needs strictARP for MetalLB L2',
		expected: 'yes: without it two MACs answer',
		judge: inMode(
			'ipvs',
			supportedBy('metallb/l2-strictarp', 'with strictARP nobody but the announcer answered, without it others did'),
		),
	},
	{
		id: 'metallb-bgp-multi',
		statement: 'in BGP mode several nodes carry it',
		expected: 'yes, with a router that does ECMP',
		judge: notTested('it takes MetalLB in BGP mode and a router beside the cluster; no check makes either'),
	},
] satisfies readonly Claim[];
