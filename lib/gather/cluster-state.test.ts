import {readFileSync} from 'node:fs';
import test from 'ava';
import {TransportError} from '../shell/shell.ts';
import {clusterStateOf} from './cluster-state.ts';
import type {Fact} from '../facts/fact.ts';
import {parseMetrics} from '../facts/parse/metrics.ts';
import {parseSysctls} from '../facts/parse/sysctls.ts';
import {modeOf, proxyConfigOf} from './proxy-config.ts';

const read = (name: string): string => readFileSync(new URL(`fixtures/${name}`, import.meta.url), 'utf8');
const DEFAULTS = {
	clusterCIDRs: [],
	detectLocalMode: 'ClusterCIDR',
	masqueradeAll: false,
	masqueradeBit: 14,
	localhostNodePorts: true,
	nodePortAddresses: [],
	tcpBeLiberal: false,
};
const IPVS_DEFAULTS = {scheduler: 'rr', excludeCIDRs: [], strictARP: false};

for (const [name, text, sysctl, expected] of [
	['config.conf of a cluster', read('config.conf'), '0', {clusterCIDRs: ['10.244.0.0/16']}],
	['/configz of its node', read('configz.json'), '0', {clusterCIDRs: ['10.244.0.0/16']}],
	[
		'/configz of a node of 1.35, in nftables mode',
		read('configz-1.35.json'),
		'0',
		{clusterCIDRs: ['10.244.0.0/16', 'fd00:10:244::/56'], nodePortAddresses: ['172.18.0.11/32', 'fd00:172:18::11/128']},
	],
	[
		"1.35's, with all that counts",
		'{Mode: nftables, Linux: {MasqueradeAll: true, Conntrack: {TCPBeLiberal: true}}, IPTables: {MasqueradeBit: 3, LocalhostNodePorts: false}, NFTables: {MasqueradeBit: 5}, DetectLocalMode: BridgeInterface, DetectLocal: {BridgeInterface: cni0, ClusterCIDRs: null}, NodePortAddresses: [primary]}',
		'0',
		{
			masqueradeAll: true,
			masqueradeBit: 5,
			localhostNodePorts: false,
			detectLocalMode: 'BridgeInterface',
			localInterface: 'cni0',
			nodePortAddresses: ['primary'],
			tcpBeLiberal: true,
		},
	],
	['nothing but its kind', 'kind: KubeProxyConfiguration', undefined, {}],
	['both families', 'clusterCIDR: 10.244.0.0/16, fd00:10:244::/56', undefined, {clusterCIDRs: ['10.244.0.0/16', 'fd00:10:244::/56']}],
	[
		'a bridge',
		'detectLocalMode: BridgeInterface\ndetectLocal: {bridgeInterface: cni0, interfaceNamePrefix: veth}',
		undefined,
		{detectLocalMode: 'BridgeInterface', localInterface: 'cni0'},
	],
	[
		'a prefix',
		'detectLocalMode: InterfaceNamePrefix\ndetectLocal: {bridgeInterface: cni0, interfaceNamePrefix: veth}',
		undefined,
		{detectLocalMode: 'InterfaceNamePrefix', localInterface: 'veth'},
	],
	['no way of its own', 'detectLocalMode: Other', undefined, {detectLocalMode: 'none'}],
	[
		"iptables' part",
		'iptables: {masqueradeAll: true, masqueradeBit: 3, localhostNodePorts: false}\nnftables: {masqueradeBit: 5}',
		undefined,
		{masqueradeAll: true, masqueradeBit: 3, localhostNodePorts: false},
	],
	[
		"iptables' part in ipvs",
		'mode: ipvs\niptables: {masqueradeAll: true, masqueradeBit: 0}',
		undefined,
		{masqueradeAll: true, masqueradeBit: 0, ipvs: IPVS_DEFAULTS},
	],
	[
		"ipvs' part",
		'mode: ipvs\nipvs: {scheduler: mh, excludeCIDRs: [192.0.2.0/24], strictARP: true}',
		undefined,
		{ipvs: {scheduler: 'mh', excludeCIDRs: ['192.0.2.0/24'], strictARP: true}},
	],
	[
		"ipvs' part as /configz of 1.36 shows it",
		read('configz.json').replace('"mode":"iptables"', '"mode":"ipvs"').replace('"strictARP":false', '"strictARP":true'),
		'0',
		{clusterCIDRs: ['10.244.0.0/16'], ipvs: {...IPVS_DEFAULTS, strictARP: true}},
	],
	[
		"ipvs' part as /configz of 1.35 shows it",
		read('configz-1.35.json')
			.replace('"Mode":"nftables"', '"Mode":"ipvs"')
			.replace('"Scheduler":""', '"Scheduler":"wrr"')
			.replace('"ExcludeCIDRs":null', '"ExcludeCIDRs":["fd00::/8"]'),
		'0',
		{
			clusterCIDRs: ['10.244.0.0/16', 'fd00:10:244::/56'],
			nodePortAddresses: ['172.18.0.11/32', 'fd00:172:18::11/128'],
			ipvs: {...IPVS_DEFAULTS, scheduler: 'wrr', excludeCIDRs: ['fd00::/8']},
		},
	],
	[
		"nftables' part",
		'mode: nftables\niptables: {masqueradeAll: true, masqueradeBit: 3}\nnftables: {masqueradeBit: 5}',
		undefined,
		{masqueradeBit: 5},
	],
	['addresses', 'nodePortAddresses: [primary]', undefined, {nodePortAddresses: ['primary']}],
	['be liberal, by configuration', 'conntrack: {tcpBeLiberal: true}', '0', {tcpBeLiberal: true}],
	['be liberal, by the node', 'conntrack: {tcpBeLiberal: false}', '1', {tcpBeLiberal: true}],
] as const) {
	test(`kube-proxy's configuration: ${name}`, t => t.deepEqual(proxyConfigOf(text, sysctl), {...DEFAULTS, ...expected} as never));
}

for (const text of ['a: [', 'just words', '', '[]']) {
	test(`no configuration: ${JSON.stringify(text)}`, t =>
		t.throws(() => proxyConfigOf(text, undefined), {instanceOf: TransportError, message: /^kube-proxy's configuration /}) as never);
}

test("the configuration's mode", t =>
	t.deepEqual(['mode: ""', 'kind: x', 'mode: ipvs', read('configz.json'), read('configz-1.35.json')].map(modeOf), [
		'iptables',
		'iptables',
		'ipvs',
		'iptables',
		'nftables',
	]));

const ok = <T>(value: T): Fact<T> => ({ok: true, value, source: 'there'});
const gone = {ok: false, why: 'GET /x: 403 Forbidden', source: '/x'} as const;
const list = (name: string) => ok({items: [{metadata: {name}}], resourceVersion: '1'});
const API = {
	services: list('svc'),
	slices: list('slice'),
	nodes: list('node'),
	serviceCIDRs: ok({items: [{spec: {cidrs: ['10.96.0.0/16', 'fd00:10:96::/112']}}], resourceVersion: '1'}),
	proxyConfig: ok('mode: nftables\n'),
	version: ok('v1.37.0'),
	proxyDaemonSet: ok({spec: {template: {spec: {containers: [{name: 'kube-proxy', image: 'kube-proxy:v1.36.3'}]}}}}),
} as unknown as Parameters<typeof clusterStateOf>[0];
const NODE = {
	configz: ok(read('configz.json')),
	proxyMode: ok('ipvs'),
	metrics: ok(parseMetrics('kubernetes_build_info{git_version="v1.35.1"} 1\n')),
	sysctls: ok(parseSysctls('net.netfilter.nf_conntrack_tcp_be_liberal = 1\n')),
} as Parameters<typeof clusterStateOf>[1] & object;

test('the state by the API alone', t => {
	t.like(clusterStateOf(API), {
		services: [{metadata: {name: 'svc'}}],
		slices: [{metadata: {name: 'slice'}}],
		nodes: [{metadata: {name: 'node'}}],
		serviceCIDRs: ['10.96.0.0/16', 'fd00:10:96::/112'],
		mode: 'nftables',
		minor: 36,
		proxy: {tcpBeLiberal: false, clusterCIDRs: []},
	});
});

test('Service networks, where the API tells them', t => {
	t.deepEqual(
		clusterStateOf({
			...API,
			serviceCIDRs: ok({items: [{spec: {cidrs: ['10.96.0.0/16']}}, {spec: {cidrs: ['10.97.0.0/24']}}], resourceVersion: '1'}),
		}).serviceCIDRs,
		['10.96.0.0/16', '10.97.0.0/24'],
	);
	t.false('serviceCIDRs' in clusterStateOf({...API, serviceCIDRs: gone}));
});

test('the state as a node has it', t => {
	t.like(clusterStateOf({...API, proxyConfig: gone}, NODE), {
		mode: 'ipvs',
		minor: 35,
		proxy: {tcpBeLiberal: true, clusterCIDRs: ['10.244.0.0/16']},
	});
	t.like(clusterStateOf(API, {configz: gone, proxyMode: gone, metrics: gone, sysctls: gone}), {
		mode: 'nftables',
		minor: 36,
		proxy: {tcpBeLiberal: false},
	});
});

for (const [image, minor] of [
	['host:5000/kube-proxy:v1.34.0', 34],
	['kube-proxy:v1.33.1@sha256:0123', 33],
	['kube-proxy', 37],
	['kube-proxy:latest', 37],
] as const) {
	test(`kube-proxy's minor by its image ${image}`, t =>
		t.is(clusterStateOf({...API, proxyDaemonSet: ok({spec: {template: {spec: {containers: [{image}]}}}}) as never}).minor, minor));
}

for (const [name, api, node, message] of [
	['Services', {...API, services: gone}, NODE, /^the cluster's state is not known: \/x: GET \/x: 403 Forbidden$/],
	['configuration', {...API, proxyConfig: gone}, undefined, /403 Forbidden/],
	['version', {...API, version: gone, proxyDaemonSet: gone}, undefined, /403 Forbidden/],
	[
		'version that has no minor',
		{...API, version: ok('devel'), proxyDaemonSet: gone},
		undefined,
		/its metrics say nothing, its image nothing, the API server devel/,
	],
	['mode that is known', API, {...NODE, proxyMode: ok('userspace')}, /mode is "userspace", not one of iptables, ipvs, nftables/],
] as const) {
	test(`no state without a ${name}`, t => t.throws(() => clusterStateOf(api, node), {instanceOf: TransportError, message}) as never);
}
