import test from 'ava';
import type {NodeRef} from '../target.ts';
import {CONTRACT} from '../../test/shell-contract.ts';
import {inPod, type PodRef, type PodWay} from './pods/in-pod.ts';
import {TransportError} from './shell.ts';
import {openShells, transportKinds} from './shells.ts';

const cluster = {
	kubeconfig: '/nowhere/kubeconfig',
	nodes: [
		{name: 'a', role: 'worker', ips: [], access: {kind: 'local'}},
		{name: 'b', role: 'worker', ips: [], access: {kind: 'nsenter', pidFile: '/nowhere/pid'}},
		{name: 'c', role: 'worker', ips: []},
	] satisfies NodeRef[],
};
const shells = await openShells(cluster);

for (const [name, holds] of CONTRACT)
	test(`local: ${name}`, async t => holds(t, shells.node('a'), {node: process.execPath, beside: shells.node('a')}));

test('a transport is a file of its kind', t => {
	t.true(['container', 'local', 'nsenter', 'pod'].every(kind => transportKinds().includes(kind)));
	t.throws(() => shells.at({kind: 'pigeon'} as never, 'loft'), {
		instanceOf: TransportError,
		message: /^loft: there is no transport pigeon; there are agent, container, /,
	});
});

test('a machine has one shell, whoever asks', t => {
	t.is(shells.node('a'), shells.node('a'));
	t.not(shells.node('a'), shells.node('b'));
});

for (const [name, why] of [
	['b', /^b: cannot enter the machine of \/nowhere\/pid/],
	['c', /^c: `true` was not run: this cluster gives no access to the node$/],
	['d', /^d: `true` was not run: the cluster has no such node; it has a, b, c$/],
] as const)
	test(`node ${name} cannot be reached, in every way to ask`, async t => {
		await t.throwsAsync(shells.node(name).run(['true']), {instanceOf: TransportError, message: why});
		t.throws(() => shells.node(name).converse(['true']), {instanceOf: TransportError, message: why});
	});

test('no host outside', t => {
	t.throws(() => shells.outside(), {instanceOf: TransportError, message: 'the cluster has no host outside'});
});

const ref: PodRef = {
	where: 'a pod on c',
	namespace: 'n',
	pod: 'p',
	container: 'c',
	containerId: `containerd://${'a'.repeat(64)}`,
	node: 'c',
};
const way = (name: string, open: PodWay['open']): PodWay => ({name, open});

test('a pod: the first way that leads there; else what is against each', async t => {
	const shut = way('the front', async () => {
		throw new TransportError('it is locked');
	});
	const broken = way('the wall', async () => {
		throw new TypeError('a bug');
	});
	const open = way('the back', async () => shells.node('a'));
	const grounds = {node: shells.node, kubeconfig: ''};
	t.is(await inPod(ref, grounds, [shut, open, broken]), shells.node('a'));
	await t.throwsAsync(inPod(ref, grounds, [shut, way('the roof', shut.open)]), {
		instanceOf: TransportError,
		message: 'a pod on c: there is no way into pod n/p: by the front: it is locked; by the roof: it is locked',
	});
	await t.throwsAsync(inPod(ref, grounds, [broken]), {instanceOf: TypeError});
});

test('a pod of a node without access is gone into by the API server', async t => {
	const shell = await shells.pod(ref);
	t.is(shell.where, 'a pod on c');
	await t.throwsAsync(shell.run(['true']), {
		instanceOf: TransportError,
		message: /^a pod on c: no exec in pod n\/p: .*\/nowhere\/kubeconfig/,
	});
});
