import check from '../../lib/check/check.ts';
import {endpointAt, makeSlice, replaceSlice} from '../../lib/testbed/endpoint-slices.ts';
import {flowsFollow} from '../../lib/testbed/follow.ts';
import {programmed} from '../../lib/testbed/programmed.ts';
import {echoPods, service} from '../../lib/testbed/workloads.ts';

const ENDING = {ready: false, serving: true, terminating: true};
const ENDED = {ready: false, serving: false, terminating: true};

export default check(
	{
		title: 'Endpoints that are to end but serve get connections only where none is ready, and those that serve no more get none',
		why:
			'With policy Local or few replicas, all endpoints of a node may be ending at once. Without the fallback its users are ' +
			'refused in every rollout, although the old pods could still answer.',
		refs: ['https://github.com/kubernetes/enhancements/tree/master/keps/sig-network/1669-proxy-terminating-endpoints'],
		needs: ['node-access'],
		faults: ['kube-proxy-hangs'],
	},
	async testbed => {
		const pods = await echoPods(testbed, {name: 'echo', replicas: 3});
		// Without a selector no controller makes slices for it.
		const {clusterIp} = await service(testbed, {name: 'echo', ports: [{name: 'http', port: 80, targetPort: 8080}]});
		const states = [
			{name: 'one ready, one that is to end, one that has ended', conditions: [{ready: true}, ENDING, ENDED]},
			{name: 'none ready', conditions: [ENDED, ENDING, ENDING]},
			{name: 'none that serves', conditions: [ENDED, ENDED, ENDED]},
			{name: 'one ready again', conditions: [ENDING, {ready: true}, ENDING]},
		];
		const endpoints = (conditions: (typeof states)[number]['conditions']) =>
			pods.map((pod, index) => endpointAt(pod, conditions[index]));
		await makeSlice(testbed, {name: 'echo-1', endpoints: pods.map(pod => endpointAt(pod))});
		await programmed(testbed, 'echo');
		await testbed.settled();

		for (const {name, conditions} of states) {
			testbed.step(name);
			await replaceSlice(testbed, {name: 'echo-1', endpoints: endpoints(conditions)});
			await flowsFollow(testbed, name, {from: ['pod', 'node'], to: [{ip: clusterIp, port: 80}], counts: 40});
		}
	},
);
