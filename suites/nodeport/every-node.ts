import check from '../../lib/check/check.ts';
import {echoService} from '../../lib/check/echo-service.ts';
import {judgeBalance} from '../../lib/check/balance.ts';
import {sendFlows} from '../../lib/check/flows.ts';

export default check({
	title: 'A NodePort answers on every address of every node, TCP and UDP, from a pod, from a node and from outside, and balances over all endpoints',
	refs: ['https://kubernetes.io/docs/concepts/services-networking/service/#type-nodeport'],
	needs: ['node-access', 'outside-host'],
	faults: ['M4'],
}, async testbed => {
	// So few that some nodes have none.
	const {nodePorts, expected} = await echoService(testbed, {replicas: 2, type: 'NodePort', ports: [{name: 'tcp', port: 80, targetPort: 8080}, {name: 'udp', port: 80, targetPort: 8081, protocol: 'UDP'}]});
	await testbed.settled();

	const client = testbed.workers[0];
	const places = [
		{name: 'from outside', kind: 'outside' as const, from: await testbed.vantage.outside(), count: 600},
		{name: `from a pod on ${client.name}`, kind: 'pod' as const, from: await testbed.vantage.pod(client.name), count: 40},
		{name: `from ${client.name}`, kind: 'node' as const, from: await testbed.vantage.node(client.name), count: 40},
	];
	testbed.step('600 new connections from outside to each address, 40 from a pod and from a node');
	const flows = testbed.nodes.flatMap(node => node.ips.flatMap(ip => (['TCP', 'UDP'] as const).flatMap(protocol => places.map(({name, kind, from, count}) => {
		const to = {ip, port: nodePorts[protocol === 'TCP' ? 'tcp' : 'udp'] as number, protocol};
		// To another node's address the client's own node only passes the packets on.
		const reaches = node.name === client.name ? kind : 'outside';
		return {row: `${node.name} ${ip} ${protocol}`, column: name, from, to, count, node: node.name, expected: expected.of({node, kind: reaches, from, to})};
	}))));
	const sent = await sendFlows(testbed, 'NodePort', flows);

	testbed.step('balance of what came from outside');
	judgeBalance(testbed, sent.filter(flow => flow.count === 600).map(flow => ({...flow, name: flow.row, backends: flow.expected.outcome === 'answered' ? flow.expected.by : []})));
});
