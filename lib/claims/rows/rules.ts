import {inMode, measured, provedBy, refutedBy, supportedBy} from '../by-checks.ts';
import type {Claim} from '../claim.ts';

const set = (name: string): string => `rules/ipset-exact/${name}`;

export default [
	{
		id: 'loopback-set-members',
		statement: 'KUBE-LOOP-BACK holds Service IP, port, source IP',
		expected: 'no: endpoint IP, protocol:endpoint port, endpoint IP, of local endpoints; it serves hairpin',
		judge: inMode(
			'ipvs',
			refutedBy(set('KUBE-LOOP-BACK'), 'on every node it held endpoint, port, endpoint of the local endpoints, and nothing else'),
		),
	},
	{
		id: 'local-sets-dnat',
		statement: 'the -LOCAL sets do DNAT to local endpoints',
		expected: 'no: they skip masquerading; ipvs picks the endpoint',
		judge: inMode(
			'ipvs',
			refutedBy(
				[set('KUBE-NODE-PORT-LOCAL-TCP'), 'rules/ipvs-exact'],
				'rules that match these sets only return before the mark for masquerading; no rule translates',
			),
		),
	},
	{
		id: 'lb-fw-set',
		statement: 'KUBE-LOAD-BALANCER-FW and -SOURCE-CIDR together enforce loadBalancerSourceRanges',
		expected: 'yes',
		judge: inMode(
			'ipvs',
			supportedBy(
				['lb/source-ranges', set('KUBE-LOAD-BALANCER-FW'), set('KUBE-LOAD-BALANCER-SOURCE-CIDR')],
				'both sets held exactly the ranges of the API, and clients outside them were dropped',
			),
		),
	},
	{
		id: 'postrouting-not-cidr',
		statement: 'kube-proxy masquerades everything leaving the pod network',
		expected: "no: only packets it marked; egress SNAT is the CNI's",
		judge: refutedBy('clusterip/source-ip', "backends on other nodes saw the client pod's own address"),
	},
	{
		id: 'networkpolicy-iptables-only',
		statement: 'NetworkPolicy is always iptables',
		expected: 'no: up to the CNI; decided after DNAT',
		judge: measured('claims/observed/policy', runs => {
			const stopped = runs.flatMap(({numbers}) =>
				numbers.flatMap(({name, value}) => (name.endsWith('policy stopped') ? [value] : [])),
			);
			return stopped.length > 0 && stopped.every(count => count === 0)
				? {
						verdict: 'does not hold',
						why: 'the API took a policy that lets nobody in, and nobody enforced it: no rule of Kubernetes does',
					}
				: {verdict: 'unclear', why: 'something on this cluster enforces policies; by which rules was not looked at'};
		}),
	},
	{
		id: 'selector-equality-only',
		statement: 'a Service selector is equality only',
		expected: 'yes',
		judge: provedBy('claims/observed/selector', 'the API refused a selector with matchExpressions'),
	},
	{
		id: 'multiport-names',
		statement: 'several ports must be named',
		expected: 'yes: the API refuses otherwise',
		judge: provedBy('claims/observed/port-names', 'the API refused two ports without names'),
	},
	{
		id: 'clusterip-range',
		statement: 'a chosen clusterIP must lie in service-cluster-ip-range',
		expected: 'yes',
		judge: provedBy('clusterip/fixed-ip', 'the API refused an address outside the range'),
	},
	{
		id: 'endpoints-object',
		statement: 'a hand-made Endpoints object serves a selector-less Service',
		expected: 'yes through mirroring; Endpoints is deprecated since 1.33',
		judge: provedBy('slices/endpoints-object', 'it was mirrored into an EndpointSlice, and served'),
	},
] satisfies readonly Claim[];
