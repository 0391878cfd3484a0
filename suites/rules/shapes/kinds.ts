import type {V1LoadBalancerIngress, V1ServicePort, V1ServiceSpec} from '@kubernetes/client-node';
import type {Draw} from '../../../lib/random.ts';
import {UNSERVED} from '../../../lib/testbed/load-balancer.ts';
import type {HandMade} from './hand-made.ts';

/** What a Service of a kind asks for; names and addresses are given later. */
export type Wish = {
	readonly spec: V1ServiceSpec;
	readonly labels?: Readonly<Record<string, string>>;
	/** Ingress of the load balancer; `IP` stands for an address of its own. */
	readonly ingress?: readonly V1LoadBalancerIngress[];
	/** How many external addresses it has. */
	readonly externalIPs?: number;
	readonly slices?: HandMade;
};

/** Ranges of sources, of the addresses' family. */
type Sources = {readonly ranges: readonly string[]; readonly everything: string};

export type Kind = {readonly name: string; readonly wish: (draw: Draw, sources: Sources) => Wish};

const NUMBERS = [53, 80, 443, 1024, 5353, 8080, 8443, 9000, 32_767, 65_535];
/** Seconds; the API takes 1 to 86400. */
const TIMEOUTS = [1, 5, 60, 600, 10_800, 86_400];

const app = (name: 'a' | 'b' | 'c' | 'none') => ({selector: {app: `shape-${name}`}});
const tcp = (draw: Draw, name = 'http'): V1ServicePort => ({
	name,
	protocol: 'TCP',
	port: draw.pick(NUMBERS),
	targetPort: draw.chance(0.3) ? 'http' : 8080,
});
const udp = (draw: Draw, name = 'udp'): V1ServicePort => ({
	name,
	protocol: 'UDP',
	port: draw.pick(NUMBERS),
	targetPort: draw.chance(0.3) ? 'udp' : 8081,
});
const both = (draw: Draw): V1ServicePort[] => {
	const port = draw.pick(NUMBERS);
	return [
		{...tcp(draw), port},
		{...udp(draw), port},
	];
};

const some = (draw: Draw): V1ServicePort[] => (draw.chance(0.5) ? [tcp(draw)] : both(draw));
const affinity = (draw: Draw): Partial<V1ServiceSpec> => ({
	sessionAffinity: 'ClientIP',
	sessionAffinityConfig: {clientIP: {timeoutSeconds: draw.pick(TIMEOUTS)}},
});
const IP = {ip: 'IP'};
const EXTERNAL_LOCAL = {externalTrafficPolicy: 'Local'};
const INTERNAL_LOCAL = {internalTrafficPolicy: 'Local'};

const SELECTED: readonly Kind[] = [
	{name: 'unnamed-port', wish: draw => ({spec: {...app('a'), ports: [{protocol: 'TCP', port: draw.pick(NUMBERS), targetPort: 8080}]}})},
	{
		name: 'multi-port',
		wish: draw => ({
			spec: {
				...app('a'),
				ports: NUMBERS.slice(0, draw.int(2, NUMBERS.length)).map((port, index) => ({...tcp(draw, `p${index}`), port})),
			},
		}),
	},
	{name: 'tcp-and-udp', wish: draw => ({spec: {...app('a'), ports: both(draw)}})},
	{name: 'udp', wish: draw => ({spec: {...app('b'), ports: [udp(draw)]}})},
	{name: 'affinity', wish: draw => ({spec: {...app('a'), ports: some(draw), ...affinity(draw)}})},
	{name: 'internal-local', wish: draw => ({spec: {...app('b'), ports: some(draw), ...INTERNAL_LOCAL}})},
	{name: 'same-zone', wish: draw => ({spec: {...app('a'), ports: some(draw), trafficDistribution: 'PreferSameZone'}})},
	{name: 'same-node', wish: draw => ({spec: {...app('a'), ports: some(draw), trafficDistribution: 'PreferSameNode'}})},
	{name: 'not-ready-published', wish: draw => ({spec: {...app('c'), ports: some(draw), publishNotReadyAddresses: true}})},
	{name: 'never-ready', wish: draw => ({spec: {...app('c'), type: 'NodePort', ports: some(draw)}})},
	{
		name: 'no-endpoints',
		wish: draw => ({
			spec: {...app('none'), ...UNSERVED, ports: some(draw), ...(draw.chance(0.5) && EXTERNAL_LOCAL)},
			ingress: [IP],
			externalIPs: 1,
		}),
	},
	{name: 'no-slices', wish: draw => ({spec: {type: 'NodePort', ports: some(draw)}})},
	{name: 'headless', wish: draw => ({spec: {...app('a'), clusterIP: 'None', ports: some(draw)}})},
	{name: 'external-name', wish: () => ({spec: {type: 'ExternalName', externalName: 'elsewhere.example'}})},
	{
		name: 'other-proxy',
		wish: draw => ({
			spec: {...app('a'), type: 'NodePort', ports: some(draw)},
			labels: {'service.kubernetes.io/service-proxy-name': 'none'},
		}),
	},
	{name: 'node-port', wish: draw => ({spec: {...app('a'), type: 'NodePort', ports: some(draw)}})},
	{name: 'node-port-local', wish: draw => ({spec: {...app('b'), type: 'NodePort', ports: some(draw), ...EXTERNAL_LOCAL}})},
	{
		name: 'node-port-both-local',
		wish: draw => ({spec: {...app('b'), type: 'NodePort', ports: some(draw), ...EXTERNAL_LOCAL, ...INTERNAL_LOCAL}}),
	},
	{name: 'node-port-affinity', wish: draw => ({spec: {...app('a'), type: 'NodePort', ports: some(draw), ...affinity(draw)}})},
	{name: 'external-ip', wish: draw => ({spec: {...app('a'), ports: some(draw)}, externalIPs: draw.int(1, 3)})},
	{name: 'external-ip-local', wish: draw => ({spec: {...app('b'), ports: some(draw), ...EXTERNAL_LOCAL}, externalIPs: 1})},
	{name: 'balancer', wish: draw => ({spec: {...app('a'), ...UNSERVED, ports: some(draw)}, ingress: [IP]})},
	{name: 'balancer-local', wish: draw => ({spec: {...app('b'), ...UNSERVED, ports: some(draw), ...EXTERNAL_LOCAL}, ingress: [IP]})},
	{
		name: 'balancer-affinity',
		wish: draw => ({
			spec: {...app('a'), ...UNSERVED, ports: some(draw), ...affinity(draw), ...(draw.chance(0.5) && EXTERNAL_LOCAL)},
			ingress: [IP],
		}),
	},
	{
		name: 'balancer-ranges',
		wish: (draw, {ranges}) => ({
			spec: {
				...app('a'),
				...UNSERVED,
				ports: some(draw),
				loadBalancerSourceRanges: [...draw.shuffled(ranges).slice(0, draw.int(1, 3))],
			},
			ingress: [IP],
		}),
	},
	{
		name: 'balancer-range-of-all',
		wish: (draw, {ranges, everything}) => ({
			spec: {...app('a'), ...UNSERVED, ports: some(draw), loadBalancerSourceRanges: [draw.pick(ranges), everything]},
			ingress: [IP],
		}),
	},
	{name: 'balancer-proxy', wish: draw => ({spec: {...app('a'), ...UNSERVED, ports: some(draw)}, ingress: [{...IP, ipMode: 'Proxy'}]})},
	{
		name: 'balancer-addresses',
		wish: draw => ({
			spec: {...app('a'), ...UNSERVED, ports: some(draw)},
			ingress: [{...IP, ipMode: 'VIP'}, {...IP, ipMode: 'Proxy'}, IP, {hostname: 'balancer.example'}],
		}),
	},
	{
		name: 'balancer-no-node-ports',
		wish: draw => ({
			spec: {
				...app('a'),
				...UNSERVED,
				ports: some(draw),
				allocateLoadBalancerNodePorts: false,
				...(draw.chance(0.5) && EXTERNAL_LOCAL),
			},
			ingress: [IP],
		}),
	},
	{name: 'balancer-pending', wish: draw => ({spec: {...app('b'), ...UNSERVED, ports: some(draw), ...EXTERNAL_LOCAL}})},
];

const hand = (name: string, slices: HandMade, spec: V1ServiceSpec = {}, more: Omit<Wish, 'spec'> = {}): Kind => ({
	name: `by-hand-${name}`,
	wish: draw => ({spec: {...spec, ports: some(draw)}, slices, ...more}),
});

const BY_HAND: readonly Kind[] = [
	hand('ready', {endpoints: ['ready', 'ready', 'ready']}, {type: 'NodePort'}),
	hand('not-ready', {endpoints: ['not ready', 'gone']}),
	hand('draining', {endpoints: ['draining', 'draining', 'gone']}, {...UNSERVED, ...EXTERNAL_LOCAL}, {ingress: [IP]}),
	hand('mixed', {endpoints: ['ready', 'draining', 'not ready', 'ready', 'gone']}, {type: 'NodePort', ...EXTERNAL_LOCAL}),
	hand('two-slices', {endpoints: ['ready', 'draining', 'ready'], repeated: true}),
	hand('node-hints', {endpoints: ['ready', 'ready', 'ready'], hints: 'nodes'}, {type: 'NodePort', ...EXTERNAL_LOCAL}),
	hand('zone-hints', {endpoints: ['ready', 'ready', 'not ready'], hints: 'zones'}),
	hand('bare', {endpoints: ['bare', 'bare'], nameless: true}, {type: 'NodePort'}),
	hand('both-local', {endpoints: ['ready', 'draining']}, {type: 'NodePort', ...EXTERNAL_LOCAL, ...INTERNAL_LOCAL}),
	hand('odd-ports', {endpoints: ['ready', 'ready'], oddPorts: true}),
];

/** Every shape of Service that decides something about kube-proxy's rules. */
export const KINDS: readonly Kind[] = [...SELECTED, ...BY_HAND];
