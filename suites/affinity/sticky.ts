import check from '../../lib/check/check.ts';
import {echoService} from '../../lib/check/echo-service.ts';
import {sendFlows, type Sent} from '../../lib/check/flows.ts';
import {reproduceLine} from '../../lib/check/flows.ts';
import {Violation} from '../../lib/check/problem.ts';

const backendsOf = ({dials}: Sent): readonly string[] => [...new Set(dials.flatMap(dial => (dial.outcome === 'answered' ? [dial.backend] : [])))];

export default check({
	title: 'With session affinity ClientIP one client stays with one endpoint, by ClusterIP and by NodePort, TCP and UDP',
	refs: ['https://kubernetes.io/docs/reference/networking/virtual-ips/#session-affinity'],
	needs: ['node-access', 'outside-host'],
	faults: ['M26'],
}, async testbed => {
	const ports = [{name: 'tcp', port: 80, targetPort: 8080}, {name: 'udp', port: 80, targetPort: 8081, protocol: 'UDP' as const}];
	const {clusterIp, nodePorts, expected} = await echoService(testbed, {replicas: 4, type: 'NodePort', ports, sessionAffinity: 'ClientIP'});
	await testbed.settled();

	testbed.step('50 connections of each client to each way in');
	const outside = await testbed.vantage.outside();
	const inside = await Promise.all(testbed.nodes.map(async node => ({node, from: await testbed.vantage.pod(node.name)})));
	const protocols = [{protocol: 'TCP', port: 'tcp'}, {protocol: 'UDP', port: 'udp'}] as const;
	const sent = await sendFlows(testbed, 'Session affinity', protocols.flatMap(({protocol, port}) => [
		...inside.map(({node, from}) => {
			const to = {ip: clusterIp, port: 80, protocol};
			return {row: `pod on ${node.name}`, column: `ClusterIP ${protocol}`, from, to, count: 50, node: node.name, expected: expected.of({node, kind: 'pod', from, to})};
		}),
		...testbed.nodes.map(node => {
			const to = {ip: node.ip, port: nodePorts[port] as number, protocol};
			return {row: 'outside', column: `NodePort of ${node.name} ${protocol}`, from: outside, to, count: 50, node: node.name, expected: expected.of({node, kind: 'outside', from: outside, to})};
		}),
	]));
	const strayed = sent.filter(flow => backendsOf(flow).length > 1);
	if (strayed.length === 0) return;
	testbed.evidence('strayed.json', JSON.stringify(strayed.map(({row, column, dials}) => ({row, column, dials})), undefined, '\t'));
	const nodes = [...new Set(strayed.map(flow => flow.node))];
	throw new Violation({
		summary: `clients do not stay with one endpoint, on ${nodes.join(', ')}`,
		expected: 'one endpoint for all 50 connections of one client to one port (the timeout is 10800 s unless set)',
		observed: strayed.map(flow => `${flow.row} → ${flow.column}: ${backendsOf(flow).length} endpoints (${backendsOf(flow).join(', ')})`).join('\n'),
		nodes,
		reproduce: strayed.slice(0, 2).map(flow => `for i in 1 2 3 4 5; do ${reproduceLine(flow).replace(/ {3}#.*/, '')}; echo; done   # from ${flow.from.name}`),
	});
});
