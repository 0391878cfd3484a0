import check from '../../lib/check/check.ts';
import {sendFlows} from '../../lib/check/flows.ts';
import {programmed} from '../../lib/check/programmed.ts';
import {echoPods, service} from '../../lib/check/workloads.ts';

export default check({
	title: 'A ClusterIP answers from a pod and from the host network of every node, by a real endpoint, without one lost connection',
	refs: ['https://kubernetes.io/docs/concepts/services-networking/service/#type-clusterip', 'https://kubernetes.io/docs/reference/networking/virtual-ips/'],
	needs: ['node-access'],
	faults: ['M4', 'M2', 'M1'],
}, async testbed => {
	testbed.step('three echo pods behind a Service');
	const pods = await echoPods(testbed, {name: 'echo', replicas: 3});
	const {clusterIp} = await service(testbed, {name: 'echo', selector: {app: 'echo'}, ports: [{name: 'http', port: 80, targetPort: 8080}]});
	testbed.step('every node has rules for every endpoint');
	await programmed(testbed, 'echo');
	await testbed.settled();

	testbed.step('100 new connections from a pod and from the host network of each node');
	const expected = {outcome: 'answered' as const, by: pods.map(pod => pod.name)};
	const flows = await Promise.all(testbed.nodes.flatMap(({name}) => [
		{column: 'from a pod', from: testbed.vantage.pod(name)},
		{column: 'from the node', from: testbed.vantage.node(name)},
	].map(async ({column, from}) => ({row: name, column, from: await from, to: {ip: clusterIp, port: 80}, count: 100, expected, node: name}))));
	await sendFlows(testbed, `ClusterIP ${clusterIp}:80`, flows);
});
