import type {V1Endpoint} from '@kubernetes/client-node';
import test from 'ava';
import {programmed} from './programmed.ts';
import type {Testbed} from './testbed.ts';

const PODS = [
	{name: 'echo-a', ip: '10.244.1.71', node: 'worker-1'},
	{name: 'echo-b', ip: '10.244.2.65', node: 'worker-2'},
];

/** An API server where the first pod is unready for the first `unready` looks. */
const made = (unready: number) => {
	let looks = 0;
	const isReady = (index: number): boolean => index > 0 || looks > unready;
	const spec = {clusterIP: '10.96.0.9', clusterIPs: ['10.96.0.9'], selector: {app: 'echo'}, ports: [{name: 'http', port: 80}]};
	const endpoints = (): readonly V1Endpoint[] => PODS.map(({ip}, index) => ({addresses: [ip], conditions: {ready: isReady(index)}}));
	const testbed = {
		namespace: 'n',
		family: 'ipv4',
		nodes: [],
		signal: new AbortController().signal,
		cluster: {target: {}},
		kube: {
			core: {
				readNamespacedService: async () => ({metadata: {name: 'echo', namespace: 'n', uid: '1', resourceVersion: '1'}, spec}),
				listNamespacedPod: async () => ({
					items: PODS.map(({name, ip}, index) => ({
						metadata: {name, namespace: 'n', labels: {app: 'echo'}},
						status: {podIPs: [{ip}], conditions: [{type: 'Ready', status: isReady(index) ? 'True' : 'False'}]},
					})),
				}),
			},
			discovery: {
				async listNamespacedEndpointSlice() {
					looks++;
					return {
						items: [
							{metadata: {name: 'echo-1'}, addressType: 'IPv4', ports: [{name: 'http', port: 8080}], endpoints: endpoints()},
						],
					};
				},
			},
		},
		spend: async (_: string, work: () => Promise<void>) => work(),
		sawProgrammed: () => undefined,
	} as unknown as Testbed;
	return {testbed, looks: () => looks};
};

test('a pod that is unready again is waited for where it must be an endpoint, and only there', async t => {
	const waits = made(2);
	await programmed(waits.testbed, 'echo', {pods: PODS});
	t.is(waits.looks(), 3);
	const takes = made(2);
	await programmed(takes.testbed, 'echo');
	t.is(takes.looks(), 1);
});
