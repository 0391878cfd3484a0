import test from 'ava';
import type {Kube} from '../kube.ts';
import {proxyImage} from './proxy-image.ts';

const kubeWith = (containers: readonly object[]): Kube =>
	({apps: {readNamespacedDaemonSet: async () => Promise.resolve({spec: {template: {spec: {containers}}}})}}) as unknown as Kube;
const NODES = [{name: 'worker-1'}, {name: 'worker-2'}];

test('the other image in, each time by a rolling update, and the one that was there again', async t => {
	const {make, undo} = await proxyImage(kubeWith([{name: 'kube-proxy', image: 'registry/kube-proxy:v1.37.2'}]), NODES, 'older:v1.36.3');
	for (const [commands, image] of [
		[make, 'older:v1.36.3'],
		[undo, 'registry/kube-proxy:v1.37.2'],
	] as const) {
		t.deepEqual(commands[0], {
			kind: 'api',
			verb: 'patch',
			object: {
				apiVersion: 'apps/v1',
				kind: 'DaemonSet',
				metadata: {name: 'kube-proxy', namespace: 'kube-system'},
				spec: {template: {spec: {containers: [{name: 'kube-proxy', image}]}}},
			} as never,
		});
		t.deepEqual(commands[1], {kind: 'rollout', namespace: 'kube-system', daemonSet: 'kube-proxy'});
		t.deepEqual(
			commands.slice(2).map(command => command.kind === 'run' && command.node),
			['worker-1', 'worker-2'],
		);
	}
});

test('a DaemonSet without an image is not changed', async t => {
	await t.throwsAsync(proxyImage(kubeWith([]), NODES, 'older'), {message: /kube-system\/kube-proxy has no container with an image/});
});
