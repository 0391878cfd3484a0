import check from '../../lib/check/check.ts';
import {TRAITS} from '../../lib/model/modes/traits.ts';
import {echoService} from '../../lib/testbed/echo-service.ts';
import {sendFlows, type Flow} from '../../lib/testbed/flows.ts';
import {lastWorker} from '../../lib/testbed/last-worker.ts';
import type {TestNode} from '../../lib/testbed/testbed.ts';

/** Below the range that clients choose from, so that nobody else has it. */
const LOCAL_PORT = 20_059;
const COUNT = 2;

export default check(
	{
		title:
			'A node that was served by the NodePort of another one is answered by the pod there too, from the same port; in ipvs mode ' +
			'not while the other node remembers the connection',
		why:
			"In ipvs mode the kernel takes a pod's answer for one of the node port's for two minutes after a connection was closed. A " +
			'node that masquerades draws its ports at random: where it draws one of those, a connection through a Service hangs.',
		refs: ['https://github.com/torvalds/linux/blob/v6.12/net/netfilter/ipvs/ip_vs_core.c'],
		needs: ['node-access'],
		faults: ['dispatch'],
	},
	async testbed => {
		const ports = [{name: 'http', port: 80, targetPort: 8080}];
		// A node's own pod answers at its node port.
		const wish = {type: 'NodePort', externalTrafficPolicy: 'Local', ports} as const;
		const {nodePorts, pods} = await echoService(testbed, {...wish, replicas: testbed.workers.length});
		const served = lastWorker(testbed);
		const pod = pods.find(({node}) => node === served.name);
		const client = testbed.nodes.find(({name}) => name !== served.name) as TestNode;
		const from = await testbed.vantage.node(client.name);
		const flow = {row: client.name, from, count: COUNT, node: served.name, localPort: LOCAL_PORT};
		const by = {outcome: 'answered', by: [pod?.name ?? '']} as const;
		await testbed.settled();

		testbed.step(`from port ${LOCAL_PORT} of ${client.name}, a connection to the node port of ${served.name}`);
		const to = {ip: served.ip, port: nodePorts['http'] ?? 0};
		await from.dial(to, {count: 1, localPort: LOCAL_PORT, close: 'fin'});
		testbed.step(`from the same port, ${COUNT} to the pod there, and to the node port again`);
		const isClaimed = TRAITS[testbed.mode].claimsDirectAnswers;
		const direct: Flow = {
			...flow,
			column: 'the pod',
			to: {ip: pod?.ip ?? '', port: 8080},
			expected: isClaimed ? {outcome: 'timeout'} : by,
		};
		await sendFlows(testbed, 'From one port', [direct, {...flow, column: 'the node port', to, expected: by}]);
	},
);
