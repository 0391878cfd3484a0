import type {V1LoadBalancerIngress, V1Service, V1ServicePort, V1ServiceSpec} from '@kubernetes/client-node';
import type {Draw} from '../../lib/random.ts';
import type {IpFamily} from '../../lib/target.ts';
import {fresh, some, weighted} from './draws.ts';
import {FAMILIES} from './world.ts';

/** What of a case's Services may be given once. */
export type Given = {
	readonly clusterIps: Set<number>;
	readonly nodePorts: Set<number>;
	readonly externalIps: Set<number>;
};

export const nothingGiven = (): Given => ({clusterIps: new Set(), nodePorts: new Set(), externalIps: new Set()});

const NUMBERS = [1, 53, 80, 443, 8080, 30_080, 65_535];
const NAMES = ['http', 'https', 'dns', 'dns-tcp', 'a', '0', 'long-name-of-a-port', 'x'.repeat(63)];
const PROTOCOLS = [
	[6, 'TCP'],
	[3, 'UDP'],
	[1, 'SCTP'],
] as const;
const TIMEOUTS = [1, 5, 60, 10_800, 86_400];
const RANGES: readonly string[] = [
	'10.0.0.0/8',
	'10.244.0.0/16',
	'203.0.113.0/24',
	' 203.0.113.0/25',
	'203.0.113.7/32',
	'192.168.0.0/24 ',
	'192.168.0.2/32',
	'198.51.100.129/25',
	'0.0.0.0/1',
	'128.0.0.0/1',
	'2001:db8::/32',
	'2001:db8:bad::/48',
	' fd00::/8',
	'2001:db8::2/128',
	'fd00:10:244::7/56',
];
const EVERYTHING = ['0.0.0.0/0', '::/0'];
const NODE_IPS: Readonly<Record<IpFamily, string>> = {ipv4: '192.168.0.2', ipv6: '2001:db8::2'};

const clusterIpOf = (number: number, family: IpFamily, isOld: boolean): string =>
	family === 'ipv6' ? `fd00:172:30::${number.toString(16)}` : `172.30.${number >> 8}.${isOld ? '0' : ''}${number & 255}`;

const portsOf = (draw: Draw): V1ServicePort[] => {
	const count = weighted(draw, [
		[5, 1],
		[3, 2],
		[1, 3],
		[1, 4],
	]);
	const names = some(draw, NAMES, count);
	const ports = new Map<string, V1ServicePort>();
	for (const name of names) {
		const port: V1ServicePort = {
			...((count > 1 || draw.chance(0.7)) && {name}),
			port: draw.pick(NUMBERS),
			protocol: weighted(draw, PROTOCOLS),
		};
		ports.set(`${port.port} ${port.protocol}`, port);
	}

	return [...ports.values()];
};

/** Ports of other protocols may share a number within a Service. */
const withNodePorts = (draw: Draw, ports: readonly V1ServicePort[], {nodePorts}: Given): V1ServicePort[] => {
	const shared = fresh(draw, nodePorts, 30_000, 32_767);
	const sharing = new Set<string | undefined>();
	return ports.map(port => {
		const isShared = !sharing.has(port.protocol) && draw.chance(0.3);
		sharing.add(port.protocol);
		return {...port, nodePort: isShared ? shared : fresh(draw, nodePorts, 30_000, 32_767)};
	});
};

/** Spellings that older API servers took. */
const oldSpelling = (draw: Draw, ip: string): string =>
	ip.includes(':')
		? draw.pick([ip.toUpperCase(), ip.replace('2001:db8:', '2001:0db8:')])
		: draw.pick([`::ffff:${ip}`, ip.replace('.99.', '.099.')]);

const externalIp = (draw: Draw, {externalIps, clusterIps}: Given): string => {
	if (draw.chance(0.08)) return NODE_IPS[draw.pick(FAMILIES)];
	// Now and then one that another Service has too.
	if (clusterIps.size > 0 && draw.chance(0.04)) return clusterIpOf(draw.pick([...clusterIps]), draw.pick(FAMILIES), false);
	const number = externalIps.size > 0 && draw.chance(0.1) ? draw.pick([...externalIps]) : fresh(draw, externalIps, 1, 250);
	const ip = draw.chance(0.6) ? `192.168.99.${number}` : `2001:db8:99::${number.toString(16)}`;
	return draw.chance(0.04) ? oldSpelling(draw, ip) : ip;
};

const ingressOf = (draw: Draw, given: Given): V1LoadBalancerIngress[] =>
	Array.from(
		{
			length: weighted(draw, [
				[1, 0],
				[5, 1],
				[3, 2],
				[1, 3],
			]),
		},
		() => {
			if (draw.chance(0.1)) return {hostname: 'balancer.example'};
			const ipMode = weighted(draw, [
				[4, undefined],
				[3, 'VIP'],
				[2, 'Proxy'],
			]);
			return {ip: externalIp(draw, given), ...(ipMode && {ipMode})};
		},
	);

const rangesOf = (draw: Draw): string[] =>
	draw.chance(0.5) ? [] : [...some(draw, RANGES, draw.int(1, 4)), ...(draw.chance(0.1) ? [draw.pick(EVERYTHING)] : [])];

const labelsOf = (draw: Draw): Record<string, string> | undefined =>
	weighted(draw, [
		[30, undefined],
		[1, {'service.kubernetes.io/service-proxy-name': 'other'}],
		[1, {'service.kubernetes.io/service-proxy-name': ''}],
		[1, {'service.kubernetes.io/headless': ''}],
		[1, {app: 'web'}],
	]);

/** Families and addresses of one that is no ExternalName. */
const addressing = (draw: Draw, {clusterIps}: Given): V1ServiceSpec => {
	const families = weighted<readonly IpFamily[]>(draw, [
		[4, ['ipv4']],
		[3, ['ipv6']],
		[3, FAMILIES],
		[2, ['ipv6', 'ipv4']],
	]);
	const names = families.map(family => (family === 'ipv4' ? 'IPv4' : 'IPv6'));
	const number = fresh(draw, clusterIps, 2, 900);
	const ips = families.map(family => clusterIpOf(number, family, draw.chance(0.05)));
	return {
		clusterIP: ips[0]!,
		clusterIPs: ips,
		ipFamilies: names,
		ipFamilyPolicy: families.length === 2 ? 'RequireDualStack' : 'SingleStack',
	};
};

const policies = (draw: Draw): V1ServiceSpec => ({
	...(draw.chance(0.9) && {internalTrafficPolicy: draw.chance(0.7) ? 'Cluster' : 'Local'}),
	...(draw.chance(0.3) && {sessionAffinity: 'ClientIP', sessionAffinityConfig: {clientIP: {timeoutSeconds: draw.pick(TIMEOUTS)}}}),
	...(draw.chance(0.2) && {trafficDistribution: draw.pick(['PreferClose', 'PreferSameZone', 'PreferSameNode'])}),
	...(draw.chance(0.1) && {publishNotReadyAddresses: true}),
	...(draw.chance(0.8) && {selector: {app: 'web'}}),
});

const external = (draw: Draw, type: string, hasExternalIps: boolean): V1ServiceSpec =>
	type !== 'ClusterIP' || hasExternalIps
		? {...(draw.chance(0.9) && {externalTrafficPolicy: draw.chance(0.5) ? 'Cluster' : 'Local'})}
		: {};

/** A Service as the API server may have it. */
export const serviceOf = (draw: Draw, {name, namespace}: {readonly name: string; readonly namespace: string}, given: Given): V1Service => {
	const type = weighted(draw, [
		[5, 'ClusterIP'],
		[4, 'NodePort'],
		[6, 'LoadBalancer'],
		[1, 'headless'],
		[1, 'ExternalName'],
	]);
	const labels = labelsOf(draw);
	const metadata = {name, namespace, ...(labels && {labels})};
	if (type === 'ExternalName')
		return {metadata, spec: {type, externalName: 'elsewhere.example', ...(draw.chance(0.5) && {ports: portsOf(draw)})}};
	const ports = portsOf(draw);
	if (type === 'headless')
		return {
			metadata,
			spec: {type: 'ClusterIP', ...addressing(draw, given), clusterIP: 'None', clusterIPs: ['None'], ports, ...policies(draw)},
		};
	const externalIPs = draw.chance(0.25) ? Array.from({length: draw.int(1, 3)}, () => externalIp(draw, given)) : [];
	const hasNodePorts = type === 'NodePort' || (type === 'LoadBalancer' && draw.chance(0.85));
	// Of a Service that was a load balancer's.
	const before = type !== 'LoadBalancer' && draw.chance(0.03) ? {status: {loadBalancer: {ingress: ingressOf(draw, given)}}} : {};
	const shared = {
		...addressing(draw, given),
		...policies(draw),
		...external(draw, type, externalIPs.length > 0),
		type,
		ports: hasNodePorts ? withNodePorts(draw, ports, given) : ports,
		...(externalIPs.length > 0 && {externalIPs}),
	};
	if (type !== 'LoadBalancer') return {metadata, spec: shared, ...before};
	const ranges = rangesOf(draw);
	return {
		metadata,
		spec: {
			...shared,
			allocateLoadBalancerNodePorts: hasNodePorts,
			...(ranges.length > 0 && {loadBalancerSourceRanges: ranges}),
			...(shared.externalTrafficPolicy === 'Local' && {healthCheckNodePort: fresh(draw, given.nodePorts, 30_000, 32_767)}),
		},
		status: {loadBalancer: {ingress: ingressOf(draw, given)}},
	};
};
