import {refutedBy} from '../by-checks.ts';
import type {Claim} from '../claim.ts';

/** What is said of load balancers, node ports and other ways in from outside. */
export default [
	{
		id: 'node-port-per-protocol',
		statement: 'two Services can have one node port number, one for TCP and one for UDP',
		expected: 'no: a number is one Service’s, which can use it for both',
		judge: refutedBy('nodeport/collision', 'the API refused the number to a second Service for either protocol'),
	},
	{
		id: 'node-port-on-balancer',
		statement: 'the node port is open at the address of the load balancer too',
		expected: "no: it is on the nodes' own addresses",
		judge: refutedBy('nodeport/on-lb-ip', "the address served the Service's port, and not the node port"),
	},
	{
		id: 'balancer-needs-node-port',
		statement: 'a LoadBalancer Service needs node ports',
		expected: 'no: allocateLoadBalancerNodePorts false, if its controller can do without',
		judge: refutedBy('lb/no-nodeport', 'one without any was served by its address, from outside and from pods'),
	},
	{
		id: 'balancer-one-protocol',
		statement: 'a LoadBalancer Service has either TCP or UDP ports',
		expected: 'no, since 1.26, if its controller can do both',
		refs: ['https://github.com/kubernetes/enhancements/tree/master/keps/sig-network/1435-mixed-protocol-lb'],
		judge: refutedBy('lb/mixed-protocol', 'one address served both under one number'),
	},
	{
		id: 'balancer-from-inside',
		statement: 'calls from pods to the address of a load balancer go out to it and come back',
		expected: 'no: nodes take them, unless its ipMode is Proxy',
		judge: refutedBy('lb/address', 'pods and nodes were served by the address of a load balancer that is not there'),
	},
	{
		id: 'source-ranges-balancer-only',
		statement: 'only the load balancer enforces loadBalancerSourceRanges',
		expected: 'no: kube-proxy drops others on every node',
		judge: refutedBy(
			'lb/source-ranges',
			'without a load balancer clients outside the ranges were dropped, and those within were served',
		),
	},
	{
		id: 'external-ip-unique',
		statement: 'an external IP that a Service has is refused to another one',
		expected: 'no: both are made, and which of them answers is up to the mode',
		judge: refutedBy('externalip/overlap', 'the API took the same address and port for two Services'),
	},
	{
		id: 'host-port-against-node-port',
		statement: 'a host port with the number of a node port is refused',
		expected: 'no: both are made, and one of them has the port on that node',
		judge: refutedBy('hostport/vs-nodeport', 'a pod with that host port ran, and always the same of the two had the port on its node'),
	},
] satisfies readonly Claim[];
