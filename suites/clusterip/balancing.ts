import {judgeBalance} from '../../lib/check/balance.ts';
import check from '../../lib/check/check.ts';
import {echoService} from '../../lib/check/echo-service.ts';
import {sendFlows} from '../../lib/check/flows.ts';

export default check({
	title: 'New connections to a ClusterIP are spread evenly over all its endpoints, and over nothing else',
	refs: ['https://kubernetes.io/docs/reference/networking/virtual-ips/', 'https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/proxy/iptables/proxier.go'],
	faults: ['M2', 'M3', 'M15'],
}, async testbed => {
	const {clusterIp, expected} = await echoService(testbed, {replicas: 3, ports: [{name: 'http', port: 80, targetPort: 8080}]});
	await testbed.settled();

	testbed.step('600 new connections from a pod on each node');
	const to = {ip: clusterIp, port: 80};
	const flows = await Promise.all(testbed.nodes.map(async node => {
		const from = await testbed.vantage.pod(node.name);
		return {row: node.name, column: 'from a pod', from, to, count: 600, node: node.name, expected: expected.of({node, kind: 'pod', from, to})};
	}));
	const sent = await sendFlows(testbed, `ClusterIP ${clusterIp}:80`, flows);
	judgeBalance(testbed, sent.map(flow => ({...flow, name: flow.row, backends: flow.expected.outcome === 'answered' ? flow.expected.by : []})));
});
