import type {V1ContainerPort, V1Pod} from '@kubernetes/client-node';
import test from 'ava';
import {hostPortConflicts, podsBehind, type ToNode} from './host-ports.ts';

type Wish = {
	readonly node?: string | undefined;
	readonly phase?: string;
	readonly leaving?: boolean;
	readonly sidecar?: V1ContainerPort;
} & Partial<V1ContainerPort>;

/** A pod with host port 80/TCP on node n1, unless told otherwise. */
const pod = (name: string, {node = 'n1', phase = 'Running', leaving = false, sidecar, ...port}: Wish = {}): V1Pod => ({
	metadata: {name, namespace: 'ns1', ...(leaving && {deletionTimestamp: new Date(0)})},
	spec: {
		...(node && {nodeName: node}),
		containers: [{name: 'c', ports: [{containerPort: 8080, hostPort: 80, protocol: 'TCP', ...port}]}],
		...(sidecar && {initContainers: [{name: 's', restartPolicy: 'Always', ports: [sidecar]}]}),
	},
	status: {phase},
});
const names = (pods: readonly V1Pod[]): readonly string[] => pods.map(({metadata}) => metadata?.name ?? '');

const BEHIND: ReadonlyArray<readonly [title: string, pods: readonly V1Pod[], way: Partial<ToNode>, expected: readonly string[]]> = [
	['its pod', [pod('a')], {}, ['a']],
	[
		'no protocol is TCP',
		[{...pod('a'), spec: {nodeName: 'n1', containers: [{name: 'c', ports: [{containerPort: 8080, hostPort: 80}]}]}}],
		{},
		['a'],
	],
	['IPv6', [pod('a')], {ip: 'fd00::1'}, ['a']],
	['another node', [pod('a', {node: 'n2'})], {}, []],
	['not placed yet', [pod('a', {node: ''})], {}, []],
	['another number', [pod('a')], {port: 81}, []],
	['another protocol', [pod('a'), pod('b', {protocol: 'UDP'})], {protocol: 'UDP'}, ['b']],
	['no host port', [pod('a', {hostPort: 0})], {port: 0}, []],
	['on an address of its own', [pod('a', {hostIP: '172.18.0.1'}), pod('b', {hostIP: '172.18.0.2'})], {ip: '172.18.0.2'}, ['b']],
	['the same address, otherwise written', [pod('a', {hostIP: 'fd00:0::1'})], {ip: 'fd00::1'}, ['a']],
	['0.0.0.0 is every address of IPv4', [pod('a', {hostIP: '0.0.0.0'})], {}, ['a']],
	['0.0.0.0 is none of IPv6', [pod('a', {hostIP: '0.0.0.0'})], {ip: 'fd00::1'}, []],
	[':: is every address of IPv6', [pod('a', {hostIP: '::'})], {ip: 'fd00::1'}, ['a']],
	[':: is none of IPv4', [pod('a', {hostIP: '::'})], {}, []],
	['a pod that has ended', [pod('a', {phase: 'Failed'}), pod('b', {phase: 'Succeeded'})], {}, []],
	['a pod that is being deleted', [pod('a', {leaving: true})], {}, []],
	['a sidecar', [pod('a', {sidecar: {containerPort: 9, hostPort: 90}})], {port: 90}, ['a']],
];

for (const [title, pods, way, expected] of BEHIND)
	test(`the pod behind a host port: ${title}`, t => {
		t.deepEqual(names(podsBehind({node: 'n1', ip: '172.18.0.1', port: 80, protocol: 'TCP', ...way}, pods)), expected);
	});

/** The rows of CheckConflict of the scheduler, and which pods count. */
const CONFLICTS: ReadonlyArray<readonly [title: string, asks: Wish, there: Wish, isKeptOff: boolean]> = [
	['the same', {}, {}, true],
	['another number', {}, {hostPort: 81}, false],
	['another protocol', {}, {protocol: 'UDP'}, false],
	['the same address', {hostIP: '172.18.0.1'}, {hostIP: '172.18.0.1'}, true],
	['another address', {hostIP: '172.18.0.1'}, {hostIP: '172.18.0.2'}, false],
	['every address, one is taken', {}, {hostIP: '172.18.0.2'}, true],
	['one address, every one is taken', {hostIP: '172.18.0.1'}, {}, true],
	['0.0.0.0, one is taken', {hostIP: '0.0.0.0'}, {hostIP: '172.18.0.2'}, true],
	['one address, 0.0.0.0 is taken', {hostIP: '172.18.0.1'}, {hostIP: '0.0.0.0'}, true],
	['0.0.0.0 and nothing are the same', {hostIP: '0.0.0.0'}, {}, true],
	[':: is an address like any other', {hostIP: '::'}, {hostIP: 'fd00::1'}, false],
	['every address, another protocol', {}, {hostIP: '172.18.0.2', protocol: 'UDP'}, false],
	['no host port', {hostPort: 0}, {hostPort: 0}, false],
	['on another node', {}, {node: 'n2'}, false],
	['not placed either', {}, {node: ''}, false],
	['one that has ended', {}, {phase: 'Succeeded'}, false],
	['one that is being deleted', {}, {leaving: true}, true],
	['a sidecar', {hostPort: 90}, {sidecar: {containerPort: 9, hostPort: 90, protocol: 'TCP'}}, true],
	['a sidecar of its own', {sidecar: {containerPort: 9, hostPort: 80, protocol: 'TCP'}, hostPort: 0}, {}, true],
];

for (const [title, asks, there, isKeptOff] of CONFLICTS)
	test(`host ports that conflict: ${title}`, t => {
		const asking = pod('asks', {node: '', ...asks});
		t.deepEqual(names(hostPortConflicts(asking, 'n1', [asking, pod('there', there)])), isKeptOff ? ['there'] : []);
	});

test('a pod does not keep itself off', t => t.deepEqual(hostPortConflicts(pod('a'), 'n1', [pod('a')]), []));
