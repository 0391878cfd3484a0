import {provedBy, refutedBy} from '../by-checks.ts';
import type {Claim} from '../claim.ts';

/** What is said of endpoints, of those that come and go, and of who is sent to which. */
export default [
	{
		id: 'one-service-per-pod',
		statement: 'a pod belongs to one Service',
		expected: 'no: to each whose selector it matches',
		judge: refutedBy('clusterip/shared-selector', 'two Services served by the same pods, one on after the other was gone'),
	},
	{
		id: 'selector-required',
		statement: 'a Service needs a selector',
		expected: 'no: its EndpointSlices can be made by hand',
		judge: refutedBy('slices/selectorless', 'one without served the endpoints of a hand-made EndpointSlice'),
	},
	{
		id: 'host-network-no-backend',
		statement: 'pods in the network of their node cannot be backends of a Service',
		expected: 'no',
		judge: refutedBy('clusterip/hostnetwork-endpoint', 'they answered by the ClusterIP, from pods and from nodes'),
	},
	{
		id: 'not-ready-dns-only',
		statement: 'publishNotReadyAddresses is about DNS alone',
		expected: 'no: kube-proxy serves such pods too',
		judge: refutedBy('slices/publish-not-ready', 'by its ClusterIP a Service with it served pods that never became ready'),
	},
	{
		id: 'ending-cuts-connections',
		statement: 'connections to a pod are cut as soon as it is to end',
		expected: 'no: they live on until the pod ends',
		judge: refutedBy('terminate/graceful', 'open connections were answered by it after it got no new ones any more'),
	},
	{
		id: 'ending-gets-nothing-new',
		statement: 'a pod that is to end never gets new connections',
		expected: 'no: it does where no endpoint is ready (KEP 1669)',
		judge: refutedBy('terminate/fallback', 'where none was ready, endpoints that were to end and still served got them'),
	},
	{
		id: 'rolling-update-lossless',
		statement: 'a rolling update of pods that go on serving for some seconds (preStop) loses no connection',
		expected: 'yes',
		judge: provedBy('terminate/rolling', 'every pod was replaced under load, and every connection was answered'),
	},
	{
		id: 'internal-local-falls-back',
		statement: 'internalTrafficPolicy Local goes to other nodes where the own one has no endpoint',
		expected: 'no: nobody answers there; trafficDistribution is what falls back',
		judge: refutedBy('policy/itp-local', 'on a node without an endpoint nobody answered, elsewhere only endpoints of the same node'),
	},
	{
		id: 'prefer-close-strict',
		statement: 'with trafficDistribution PreferClose a zone without endpoints is not served',
		expected: 'no: it is served by all',
		judge: refutedBy('policy/topology-zone', 'a node of a zone without endpoints was served by those of the others'),
	},
	{
		id: 'affinity-tcp-only',
		statement: 'session affinity ClientIP is for TCP alone',
		expected: 'no: UDP too',
		judge: refutedBy('affinity/sticky', 'clients stayed with one endpoint over TCP and over UDP'),
	},
	{
		id: 'affinity-no-balance',
		statement: 'with session affinity ClientIP all clients come to one endpoint',
		expected: 'no: each draws its own, and stays',
		judge: refutedBy('affinity/two-clients', 'clients stayed where they were, and not all with one endpoint'),
	},
	{
		id: 'affinity-fixed',
		statement: 'session affinity can be chosen only when a Service is made',
		expected: 'no',
		judge: refutedBy('affinity/toggle', 'it was switched on, off and on again, and every node followed'),
	},
	{
		id: 'affinity-users-behind-ingress',
		statement: 'session affinity ClientIP tells apart the users behind an Ingress',
		expected: 'no: all that come through a proxy are one client',
		judge: refutedBy('affinity/behind-proxy', 'clients on every node came to one endpoint, as the proxy between was the client'),
	},
	{
		id: 'affinity-since-first',
		statement: 'the time of session affinity runs from the first connection of a client',
		expected: 'no: from its last one',
		judge: refutedBy('affinity/timeout', 'a client that came again within the time stayed beyond it'),
	},
] satisfies readonly Claim[];
