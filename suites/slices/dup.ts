import check from '../../lib/check/check.ts';
import {judgeBalance} from '../../lib/testbed/balance.ts';
import {expectations} from '../../lib/testbed/expectations.ts';
import {flowsOf} from '../../lib/testbed/flows-of.ts';
import {sendFlows} from '../../lib/testbed/flows.ts';
import {endpointAt, makeSlice} from '../../lib/testbed/endpoint-slices.ts';
import {programmed} from '../../lib/testbed/programmed.ts';
import {echoPods, service} from '../../lib/testbed/workloads.ts';

export default check(
	{
		title: 'An endpoint that stands in two EndpointSlices of a Service is served once',
		why:
			'While pods move between slices, one may stand in two for a moment, and with hand-made slices for good. Counted twice it ' +
			'gets twice its share, and is overloaded while the others have room.',
		refs: [
			'https://kubernetes.io/docs/concepts/services-networking/endpoint-slices/',
			'https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/proxy/endpointslicecache.go',
		],
		uses: ['proxy'],
		faults: ['dispatch', 'endpoint-rule'],
	},
	async testbed => {
		const pods = await echoPods(testbed, {name: 'echo', replicas: 4});
		// Without a selector no controller makes slices for it.
		const {clusterIp} = await service(testbed, {name: 'echo', ports: [{name: 'http', port: 80, targetPort: 8080}]});
		const endpoints = pods.map(pod => endpointAt(pod));
		await makeSlice(testbed, {name: 'echo-1', endpoints: endpoints.slice(0, 3)});
		await makeSlice(testbed, {name: 'echo-2', endpoints: endpoints.slice(1)});
		await programmed(testbed, 'echo');
		const to = [{ip: clusterIp, port: 80}];
		const expected = await expectations(testbed);
		const fromPods = await flowsOf(testbed, {from: ['pod'], to, counts: 600}, expected);
		const fromNodes = await flowsOf(testbed, {from: ['node'], to, counts: 40}, expected);
		await testbed.settled();

		testbed.step('600 new connections from a pod on each node');
		// Served twice it would get twice its share. Nobody else connects meanwhile: ipvs deals out to all clients of a node in turn.
		judgeBalance(testbed, await sendFlows(testbed, `ClusterIP ${clusterIp}:80`, fromPods));
		testbed.step("40 from each node's host network");
		await sendFlows(testbed, `ClusterIP ${clusterIp}:80 from nodes`, fromNodes);
	},
);
