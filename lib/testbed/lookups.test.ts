import type {V1Pod} from '@kubernetes/client-node';
import test from 'ava';
import type {Vantage} from '../probe/vantage.ts';
import {dnsFollows} from './lookups.ts';
import type {Testbed} from './testbed.ts';

const server = (isReady: boolean): V1Pod => ({
	metadata: {name: 'coredns-1'},
	status: {
		phase: 'Running',
		podIP: '10.244.1.4',
		podIPs: [{ip: '10.244.1.4'}],
		conditions: [{type: 'Ready', status: isReady ? 'True' : 'False'}],
	},
});

test('a DNS server that starts is asked nothing before it is ready: until then it answers SERVFAIL', async t => {
	const states = [false, false, true];
	const said: string[] = [];
	const kube = {
		core: {
			listNamespacedPod: async () => {
				const isReady = states.shift() ?? true;
				said.push(isReady ? 'ready' : 'not ready');
				return Promise.resolve({items: [server(isReady)]});
			},
		},
	};
	const place = {
		name: 'a pod',
		lookup: async () => {
			said.push('asked');
			return Promise.resolve({rcode: 'NOERROR', answers: [], additionals: [], ms: 1, truncated: false});
		},
	} as unknown as Vantage;
	const testbed = {
		kube,
		family: 'ipv4',
		signal: new AbortController().signal,
		workers: [{name: 'worker-1'}],
		vantage: {pod: async () => Promise.resolve(place)},
	} as unknown as Testbed;
	await dnsFollows(testbed, [{name: 'echo.shop.svc.cluster.local', type: 'A', rcode: 'NOERROR', answers: []}] as never);
	t.deepEqual(said.slice(0, 3), ['not ready', 'not ready', 'ready']);
	t.true(said.indexOf('asked') > 2);
});
