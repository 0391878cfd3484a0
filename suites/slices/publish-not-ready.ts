import check from '../../lib/check/check.ts';
import {expectations} from '../../lib/testbed/expectations.ts';
import {flowsOf} from '../../lib/testbed/flows-of.ts';
import {sendFlows} from '../../lib/testbed/flows.ts';
import {programmed} from '../../lib/testbed/programmed.ts';
import {neverReadyPods, service} from '../../lib/testbed/workloads.ts';

export default check(
	{
		title: 'A Service with publishNotReadyAddresses serves pods that are not ready, one without does not',
		why:
			'The setting is made for the first start of a cluster and then forgotten: clients of the ClusterIP get pods whose probe ' +
			'fails. Without it, pods that are not ready must be a refusal and not a wrong answer.',
		refs: ['https://kubernetes.io/docs/reference/kubernetes-api/service-resources/service-v1/#ServiceSpec'],
		needs: ['node-access'],
		faults: ['dispatch', 'endpoint-rule'],
	},
	async testbed => {
		await neverReadyPods(testbed, {name: 'echo', replicas: 3});
		const ports = [{name: 'http', port: 80, targetPort: 8080}];
		const published = await service(testbed, {name: 'published', selector: {app: 'echo'}, publishNotReadyAddresses: true, ports});
		const plain = await service(testbed, {name: 'plain', selector: {app: 'echo'}, ports});
		for (const name of ['published', 'plain']) await programmed(testbed, name);
		const expected = await expectations(testbed);
		const served = await flowsOf(
			testbed,
			{from: ['pod', 'node'], to: [{name: 'published', ip: published.clusterIp, port: 80}]},
			expected,
		);
		// What refuses is an ICMP message, and the kernel sends one client few of them.
		const refused = await flowsOf(
			testbed,
			{from: ['pod', 'node'], to: [{name: 'plain', ip: plain.clusterIp, port: 80}], counts: 2},
			expected,
		);
		await testbed.settled();

		testbed.step('new connections from a pod and from the host network of each node to both');
		await sendFlows(testbed, 'Pods that are not ready', [...served, ...refused]);
	},
);
