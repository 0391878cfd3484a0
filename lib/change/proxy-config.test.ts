import test from 'ava';
import {parse} from 'yaml';
import type {Kube} from '../kube.ts';
import {merged, proxyConfig} from './proxy-config.ts';

for (const [title, config, patch, expected] of [
	['a field', {mode: 'iptables', clusterCIDR: '10.0.0.0/8'}, {mode: 'nftables'}, {mode: 'nftables', clusterCIDR: '10.0.0.0/8'}],
	[
		'a field within another',
		{iptables: {masqueradeAll: false, syncPeriod: '30s'}},
		{iptables: {masqueradeAll: true}},
		{iptables: {masqueradeAll: true, syncPeriod: '30s'}},
	],
	['a field within one that is not there', {}, {ipvs: {strictARP: true}}, {ipvs: {strictARP: true}}],
	['null takes away', {mode: 'ipvs', nodePortAddresses: ['primary']}, {nodePortAddresses: null}, {mode: 'ipvs'}],
	['a list as a whole', {nodePortAddresses: ['a', 'b']}, {nodePortAddresses: ['c']}, {nodePortAddresses: ['c']}],
] as const) {
	test(`merged: ${title}`, t => {
		t.deepEqual(merged(config, patch), expected);
	});
}

const TEXT = 'apiVersion: kubeproxy.config.k8s.io/v1alpha1\n# by hand\nmode: iptables\niptables: {masqueradeAll: false}\n';
const kube = {
	core: {readNamespacedConfigMap: async () => ({data: {'config.conf': TEXT, 'kubeconfig.conf': 'k'}})},
	apps: {
		readNamespacedDaemonSet: async () => ({
			spec: {
				template: {
					spec: {
						nodeSelector: {'kubernetes.io/os': 'linux'},
						volumes: [{name: 'kube-proxy', configMap: {name: 'kube-proxy', defaultMode: 420}}, {name: 'lib-modules'}],
						containers: [],
					},
				},
			},
		}),
	},
} as unknown as Kube;

test('on all nodes: the patched text in, every proxy restarted, and the text to the letter again', async t => {
	const {make, undo} = await proxyConfig(kube, [{name: 'worker-1'}, {name: 'worker-2'}], {iptables: {masqueradeAll: true}});
	const textOf = (command: unknown): string => (command as {object: {data: Record<string, string>}}).object.data['config.conf'] as string;
	t.like(parse(textOf(make[0])) as object, {mode: 'iptables', iptables: {masqueradeAll: true}});
	t.is(textOf(undo[0]), TEXT);
	for (const commands of [make, undo]) t.like(commands[1], {kind: 'restart', selector: 'k8s-app=kube-proxy'});
});

test('on one node: a proxy and a ConfigMap of its own, which go with the change', async t => {
	const {make, undo} = await proxyConfig(kube, [{name: 'worker-1'}, {name: 'worker-2'}], {mode: 'nftables'}, 'worker-2');
	const objects = make.flatMap(command =>
		command.kind === 'api'
			? [
					command.object as unknown as {
						kind: string;
						metadata: {name: string};
						spec?: {template: {spec: {nodeSelector: unknown; volumes: unknown}}};
					},
				]
			: [],
	);
	t.deepEqual(
		objects.map(({kind, metadata}) => `${kind} ${metadata.name}`),
		['DaemonSet kube-proxy', 'ConfigMap kube-proxy-worker-2', 'DaemonSet kube-proxy-worker-2'],
	);
	t.deepEqual(objects[2]?.spec?.template.spec.nodeSelector, {'kubernetes.io/os': 'linux', 'kubernetes.io/hostname': 'worker-2'});
	t.deepEqual(objects[2]?.spec?.template.spec.volumes, [
		{name: 'kube-proxy', configMap: {name: 'kube-proxy-worker-2', defaultMode: 420}},
		{name: 'lib-modules'},
	]);
	t.deepEqual(
		undo.flatMap(command => (command.kind === 'api' && command.verb === 'remove' ? [command.object.metadata?.name] : [])),
		['kube-proxy-worker-2', 'kube-proxy-worker-2'],
	);
});
