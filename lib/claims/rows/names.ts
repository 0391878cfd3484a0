import {provedBy, refutedBy, supportedBy} from '../by-checks.ts';
import type {Claim} from '../claim.ts';

export default [
	{
		id: 'headless-a-records',
		statement: "a headless name resolves to the pods' addresses and follows them",
		expected: 'yes',
		judge: provedBy(
			['headless/a-records', 'headless/statefulset-names'],
			'every DNS server answered with exactly the addresses of the ready pods, also after one was made anew',
		),
	},
	{
		id: 'srv-form',
		statement: 'SRV is _port._proto.svc.ns.svc.cluster.local; without underscores it resolves too',
		expected: "yes; the second is CoreDNS's leniency",
		judge: supportedBy(['dns/srv', 'claims/observed/without-underscores'], 'both forms were answered with the same records'),
	},
	{
		id: 'search-parallel',
		statement: 'the resolver tries the search names in parallel',
		expected: 'depends on the resolver (glibc in order)',
		judge: refutedBy(
			'claims/observed/search-order',
			'a pod asked for each name of its search path only after the answer to the one before',
		),
	},
	{
		id: 'env-order',
		statement: 'variables exist only for Services older than the pod',
		expected: 'yes',
		judge: provedBy('env/order', 'a container that was older had none, one that was made afterwards had them'),
	},
	{
		id: 'externalname-no-ip',
		statement: 'externalName takes a DNS name, not an address; ports are ignored',
		expected: 'yes: an address is taken as a name and does not resolve',
		judge: supportedBy(
			['claims/observed/external-address', 'externalname/to-nodeport'],
			'the API took an address as a name, no address was answered for it, and ports that an alias names changed nothing',
		),
	},
	{
		id: 'externalname-cross-namespace',
		statement: 'an ExternalName aliases a Service in another namespace',
		expected: 'yes (HTTP Host and TLS names apart)',
		judge: provedBy('externalname/cross-namespace', 'the alias and the addresses of its Service were answered together'),
	},
	{
		id: 'no-reverse-name',
		statement: 'a ClusterIP has no name by reverse lookup',
		expected: 'no: the PTR record names its Service',
		judge: refutedBy('dns/ptr', 'it led back to the name of its Service, and to no other'),
	},
	{
		id: 'dns-udp-only',
		statement: 'the cluster’s DNS answers over UDP alone',
		expected: 'no: over TCP too',
		judge: refutedBy('dns/protocols', 'from a pod on every node it answered the same over UDP and over TCP'),
	},
] satisfies readonly Claim[];
