import check from '../../lib/check/check.ts';
import {Violation} from '../../lib/record/problem.ts';
import {backendsOf} from '../../lib/testbed/affinity.ts';
import {echoService} from '../../lib/testbed/echo-service.ts';
import {sendFlows, type Flow} from '../../lib/testbed/flows.ts';
import {lastWorker} from '../../lib/testbed/last-worker.ts';
import {layer7Proxy} from '../../lib/testbed/layer7-proxy.ts';

export default check(
	{
		title: 'Clients that come through a proxy of layer 7, an Ingress say, are one to session affinity: all are sent to one endpoint',
		why:
			'An Ingress controller connects from its own address, so ClientIP affinity sends all of its users to one pod while the ' +
			"replicas idle. It shows as one hot pod behind a busy Ingress; stickiness for each user is the proxy's job, by cookie.",
		refs: ['https://kubernetes.io/docs/reference/networking/virtual-ips/#session-affinity'],
		faults: ['affinity-lost'],
	},
	async testbed => {
		const ports = [{name: 'http', port: 80, targetPort: 8080}];
		const {clusterIp, expected} = await echoService(testbed, {replicas: 4, ports, sessionAffinity: 'ClientIP'});
		const node = lastWorker(testbed);
		const to = await layer7Proxy(testbed, {name: 'proxy', node, to: {ip: clusterIp, port: 80}});
		// What the backends see is the proxy, whoever its client is.
		const way = {node, kind: 'pod', from: {ips: [to.ip]}, to: {ip: clusterIp, port: 80}} as const;
		const flows = await Promise.all(
			testbed.nodes.map(async ({name}): Promise<Flow> => {
				const from = await testbed.vantage.pod(name);
				const column = `proxy on ${node.name}`;
				return {row: `pod on ${name}`, column, from, to, count: 30, node: node.name, expected: expected.of(way, {sources: true})};
			}),
		);
		await testbed.settled();

		testbed.step('30 requests of a pod on each node, by the proxy');
		const sent = await sendFlows(testbed, 'By a proxy of layer 7', flows);
		const backends = [...new Set(sent.flatMap(flow => backendsOf(flow)))];
		if (backends.length === 1) return;
		throw new Violation({
			summary: `what comes from one proxy on ${node.name} is sent to ${backends.length} endpoints`,
			expected: `one endpoint for all that comes from ${to.ip}`,
			observed: sent.map(flow => `${flow.row}: ${backendsOf(flow).join(', ')}`).join('\n'),
			nodes: [node.name],
			reproduce: [`curl http://${clusterIp}/hostname   # in pod proxy`],
		});
	},
);
