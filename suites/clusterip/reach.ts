import check from '../../lib/check/check.ts';
import {echoService} from '../../lib/check/echo-service.ts';
import {sendFlows} from '../../lib/check/flows.ts';

export default check({
	title: 'A ClusterIP answers from a pod and from the host network of every node, by a real endpoint, without one lost connection',
	refs: ['https://kubernetes.io/docs/concepts/services-networking/service/#type-clusterip', 'https://kubernetes.io/docs/reference/networking/virtual-ips/'],
	needs: ['node-access'],
	faults: ['M4', 'M2', 'M1'],
}, async testbed => {
	const {clusterIp, expected} = await echoService(testbed, {replicas: 3, ports: [{name: 'http', port: 80, targetPort: 8080}]});
	await testbed.settled();

	testbed.step('100 new connections from a pod and from the host network of each node');
	const to = {ip: clusterIp, port: 80};
	const flows = await Promise.all(testbed.nodes.flatMap(node => [
		{column: 'from a pod', kind: 'pod' as const, opening: testbed.vantage.pod(node.name)},
		{column: 'from the node', kind: 'node' as const, opening: testbed.vantage.node(node.name)},
	].map(async ({column, kind, opening}) => {
		const from = await opening;
		return {row: node.name, column, from, to, count: 100, node: node.name, expected: expected.of({node, kind, from, to})};
	})));
	await sendFlows(testbed, `ClusterIP ${clusterIp}:80`, flows);
});
