import {backendsOf, judgeAffinity} from '../../lib/testbed/affinity.ts';
import check from '../../lib/check/check.ts';
import {echoService} from '../../lib/testbed/echo-service.ts';
import {flowsOf} from '../../lib/testbed/flows-of.ts';
import {sendFlows} from '../../lib/testbed/flows.ts';
import {Violation} from '../../lib/record/problem.ts';

export default check(
	{
		title:
			'With session affinity ClientIP clients stay where they are while others come beside them, and are not all sent to one ' +
			'endpoint',
		why:
			'If all clients are pinned to one endpoint, more replicas bring nothing: one pod is overloaded and the others idle. The ' +
			'usual reason in the field is that clients were masqueraded on their way and arrive with one address.',
		refs: ['https://kubernetes.io/docs/reference/networking/virtual-ips/#session-affinity'],
		needs: ['node-access'],
		faults: ['affinity-lost'],
	},
	async testbed => {
		// Two ports of two Services' worth of choices: 12 clients that draw one of 4 endpoints are all with the same once in 4 million
		// times.
		const ports = [80, 81].map(port => ({name: `tcp-${port}`, port, targetPort: 8080}));
		const {clusterIp, expected} = await echoService(testbed, {replicas: 4, ports, sessionAffinity: 'ClientIP'});
		const to = ports.map(({port}) => ({ip: clusterIp, port}));
		const flows = await flowsOf(testbed, {from: ['pod', 'node'], to, counts: 20}, expected);
		await testbed.settled();

		testbed.step('20 connections of a pod on each node and of each node, side by side, twice');
		const sent = [...(await sendFlows(testbed, 'First', flows)), ...(await sendFlows(testbed, 'Again', flows))];
		judgeAffinity(
			testbed,
			flows.map(flow => ({
				...flow,
				dials: sent.filter(({row, column}) => row === flow.row && column === flow.column).flatMap(({dials}) => dials),
			})),
		);
		if (new Set(sent.flatMap(flow => backendsOf(flow))).size > 1) return;
		throw new Violation({
			summary: `all ${flows.length} clients are with one endpoint`,
			expected: 'each client draws its endpoint by itself',
			observed: `${flows.length} clients, all with ${sent.flatMap(flow => backendsOf(flow))[0]}`,
			reproduce: [],
		});
	},
);
