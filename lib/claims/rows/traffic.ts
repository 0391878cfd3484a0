import {inModes, provedBy, refutedBy, supportedBy} from '../by-checks.ts';
import type {Claim} from '../claim.ts';

/** What is said of the way of a packet through a Service, and of kube-proxy's part in it. */
export default [
	{
		id: 'no-endpoints-timeout',
		statement: 'clients of a Service without endpoints run into a timeout',
		expected: 'no: they are refused at once',
		judge: refutedBy('clusterip/no-endpoints', 'TCP and UDP were refused at once, from pods and from nodes'),
	},
	{
		id: 'hairpin-impossible',
		statement: 'a pod cannot reach itself by its own Service',
		expected: 'no, where the CNI lets a packet back to where it came from; kube-proxy masquerades it',
		judge: refutedBy('clusterip/hairpin', 'the only endpoint of a Service reached itself by the ClusterIP'),
	},
	{
		id: 'clusterip-hides-client',
		statement: 'behind a ClusterIP pods see an address of a node, not that of the client pod',
		expected: 'no, unless masqueradeAll is on or the clusterCIDR is wrong',
		judge: refutedBy('clusterip/source-ip', "backends on the same and on other nodes saw the client pod's own address"),
	},
	{
		id: 'nodeport-shows-client',
		statement: 'behind a NodePort pods see the address of the client outside',
		expected: 'no, but with externalTrafficPolicy Local',
		judge: refutedBy('nodeport/masquerade', 'with policy Cluster they saw an address of the node that the client came in by'),
	},
	{
		id: 'named-port-same-number',
		statement: 'a targetPort by name must have the same number in all pods of a Service',
		expected: 'no: each pod is reached at the number that it has under that name',
		judge: refutedBy('clusterip/named-targetport', 'pods of two versions, with two numbers, were served side by side'),
	},
	{
		id: 'port-number-once',
		statement: 'a Service can have a port number only once',
		expected: 'no: once for each protocol',
		judge: refutedBy('clusterip/same-port-tcp-udp', 'TCP and UDP under one number each reached their own target'),
	},
	{
		id: 'type-change-new-ip',
		statement: "a change of a Service's type gives it another ClusterIP",
		expected: 'no, but for ExternalName and headless ones',
		judge: refutedBy('clusterip/type-change', 'it served by its ClusterIP as NodePort and as ClusterIP again'),
	},
	{
		id: 'udp-not-balanced',
		statement: 'UDP is not balanced',
		expected: 'no: each new socket draws an endpoint; one that goes on stays with it',
		judge: refutedBy('udp/balance', 'datagrams of new sockets were spread evenly over all endpoints'),
	},
	{
		id: 'udp-flows-cleared',
		statement: 'UDP flows to endpoints that are gone are cleared, so that a client which goes on does not stay with the dead',
		expected: 'yes while an endpoint is left; not after the last one (kubernetes#139628, before 1.37)',
		refs: ['https://github.com/kubernetes/kubernetes/issues/139628'],
		judge: provedBy(
			['udp/conntrack-backend-cycle', 'udp/conntrack-zero/ClusterIP'],
			'it came to the new backend, and not to the old one after the last was gone',
		),
	},
	{
		id: 'proxy-restart-interrupts',
		statement: 'a restart of kube-proxy interrupts Services',
		expected: 'no: the rules stay',
		judge: refutedBy('proxy/restart', 'while it restarted on all nodes every new connection was answered'),
	},
	{
		id: 'proxy-checks-health',
		statement: 'kube-proxy notices a dead pod and sends nothing to it any more',
		expected: 'no: it believes the EndpointSlice in every mode',
		judge: refutedBy('claims/observed/dead-endpoint', 'an endpoint that is dead, but ready in its slice, went on getting connections'),
	},
	{
		id: 'rules-come-back',
		statement: 'rules that somebody has deleted are put back by kube-proxy by itself',
		expected: 'iptables, ipvs: yes, within a sync period; nftables: with the next change that concerns them',
		judge: inModes({
			iptables: provedBy('proxy/self-heal', 'a node whose rules were taken away served again by itself'),
			ipvs: provedBy('proxy/self-heal', 'a node whose rules were taken away served again by itself'),
		}),
	},
	{
		id: 'endpoints-within-seconds',
		statement: 'a change of endpoints is followed by every node within seconds',
		expected: 'yes: within kube-proxy’s minSyncPeriod of 1 s and the time of its sync',
		judge: supportedBy('proxy/programming-latency', 'half of the changes reached the first packet within 1 s, all of them within 5 s'),
	},
	{
		id: 'mode-change-needs-cleaning',
		statement: 'after a change of kube-proxy’s mode nodes must be rebooted or cleaned by hand',
		expected: 'not between iptables and nftables; ipvs mode’s addresses and virtual servers stay behind',
		judge: inModes({
			iptables: refutedBy('proxy/mode-switch', 'nodes went over to nftables and back, were served, and nothing was left behind'),
			nftables: refutedBy('proxy/mode-switch', 'nodes went over to iptables and back, were served, and nothing was left behind'),
		}),
	},
] satisfies readonly Claim[];
