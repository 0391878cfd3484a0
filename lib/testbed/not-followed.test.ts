import type {V1EndpointSlice, V1Pod} from '@kubernetes/client-node';
import test from 'ava';
import {notFollowed} from './not-followed.ts';

const pod = (name: string, ready: boolean, more: V1Pod['metadata'] = {}): V1Pod => ({
	metadata: {name, ...more},
	status: {conditions: [{type: 'Ready', status: ready ? 'True' : 'False'}]},
});
const slice = (by: string, endpoints: Readonly<Record<string, boolean>>): V1EndpointSlice => ({
	addressType: 'IPv4',
	metadata: {labels: {'endpointslice.kubernetes.io/managed-by': by}},
	endpoints: Object.entries(endpoints).map(([name, ready]) => ({addresses: [name], conditions: {ready}, targetRef: {kind: 'Pod', name}})),
});
const OWN = 'endpointslice-controller.k8s.io';
const LEAVING = pod('b', true, {deletionTimestamp: new Date()});

for (const [title, slices, pods, spec, expected] of [
	['as the pods are', [slice(OWN, {a: true, b: false})], [pod('a', true), pod('b', false)], {}, []],
	['a pod on its way out that is ready still', [slice(OWN, {a: true, b: true})], [pod('a', true), LEAVING], {}, ['b']],
	['a pod on its way out that is not', [slice(OWN, {a: true, b: false})], [pod('a', true), LEAVING], {}, []],
	['a pod that is not Ready any more', [slice(OWN, {a: true})], [pod('a', false)], {}, ['a']],
	['a pod that is gone, or not selected any more', [slice(OWN, {a: true, b: true})], [pod('a', true)], {}, ['b']],
	['a slice of somebody else', [slice('vipcheck', {b: true})], [pod('a', true)], {}, []],
	['pods that are published before they are ready', [slice(OWN, {a: true})], [pod('a', false)], {publishNotReadyAddresses: true}, []],
	['a Service without a selector', [slice(OWN, {a: true})], undefined, {}, []],
] as const)
	test(`not followed: ${title}`, t => {
		t.deepEqual(notFollowed({spec}, slices, pods), [...expected]);
	});
