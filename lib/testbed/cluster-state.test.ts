import test from 'ava';
import {stubShell, type Reply} from '../../test/stub-shell.ts';
import {lookOf, type LookName} from '../facts/argv.ts';
import {stateOf} from './cluster-state.ts';
import type {TestNode} from './testbed.ts';

const signal = AbortSignal.timeout(60_000);
const source = 'the API';
const there = <T>(value: T) => ({ok: true, value, source}) as const;
const none = {ok: false, why: '404 NotFound', source: '/api/v1/namespaces/kube-system/configmaps/kube-proxy'} as const;
const items = there({items: [], remainder: []});
const api = {
	services: items,
	slices: items,
	nodes: items,
	proxyConfig: none,
	proxyDaemonSet: none,
	version: there('v1.37.2+k3s1'),
} as unknown as Parameters<typeof stateOf>[0];

const page = (body: string): string => `${body}\n200`;
const nodeThat = (says: Partial<Record<LookName, Reply>>): {nodes: TestNode[]; calls: readonly string[]} => {
	const shell = stubShell(
		Object.fromEntries(Object.entries(says).map(([name, reply]) => [lookOf(name as LookName).argv.join(' '), reply])),
	);
	return {nodes: [{name: 'server-0', shell} as unknown as TestNode], calls: shell.calls};
};

test("kube-proxy's ConfigMap tells its configuration, and no node is asked", async t => {
	const {nodes, calls} = nodeThat({});
	const state = await stateOf({...api, proxyConfig: there('mode: nftables\nnodePortAddresses: [primary]\n')}, {nodes, signal});
	t.is(state.mode, 'nftables');
	t.deepEqual(state.proxy.nodePortAddresses, ['primary']);
	t.deepEqual(calls, []);
});

test('where there is none, the kube-proxy of a node tells it', async t => {
	const {nodes} = nodeThat({
		configz: page(
			'{"kubeproxy.config.k8s.io": {"mode": "nftables", "nodePortAddresses": ["10.0.0.0/8"], "clusterCIDR": "10.42.0.0/16"}}',
		),
		proxyMode: page('nftables'),
		metrics: page('kubernetes_build_info{git_version="v1.36.3+k3s1"} 1'),
	});
	const state = await stateOf(api, {nodes, signal});
	t.is(state.mode, 'nftables');
	t.is(state.minor, 36);
	t.like(state.proxy, {nodePortAddresses: ['10.0.0.0/8'], clusterCIDRs: ['10.42.0.0/16']});
});

test('where neither tells it, the state is not known', async t => {
	const {nodes} = nodeThat({configz: {exitCode: 7}, proxyMode: page('iptables'), metrics: {exitCode: 7}});
	await t.throwsAsync(stateOf(api, {nodes, signal}), {
		message: /the cluster's state is not known: .*configmaps\/kube-proxy: 404 NotFound/,
	});
});
