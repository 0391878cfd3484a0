import check from '../../lib/check/check.ts';
import {echoService} from '../../lib/testbed/echo-service.ts';
import {programmedTimeoutMs, servedOn} from '../../lib/testbed/programmed.ts';
import {forgotten} from '../../lib/testbed/remembered.ts';
import {askMeanwhile, askOnce, sameClient} from '../../lib/testbed/same-client.ts';
import {eventually} from '../../lib/wait/eventually.ts';

/** Below the range that clients choose from, so that nobody else has it. */
const LOCAL_PORT = 20_054;

export default check(
	{
		title: 'When a Service is deleted, no node goes on sending datagrams of old flows to its endpoints',
		why:
			"Flows go on to an endpoint of a Service that is gone, and once the pod's address is given away, to a stranger: metrics " +
			'and logs end up in the wrong place. kube-proxy clears them from 1.38 on (kubernetes#141371).',
		refs: ['https://github.com/kubernetes/kubernetes/issues/141371'],
		needs: ['node-access'],
		faults: ['kube-proxy-hangs'],
	},
	async testbed => {
		const {kube, namespace} = testbed;
		const {clusterIp, pods} = await echoService(testbed, {
			replicas: 1,
			ports: [{name: 'udp', port: 80, targetPort: 8081, protocol: 'UDP'}],
		});
		const client = await sameClient(testbed, clusterIp, LOCAL_PORT);
		testbed.step('a flow to the ClusterIP');
		await askOnce(client);
		await testbed.settled();

		testbed.step('the Service is deleted, and the client goes on');
		const service = await kube.core.readNamespacedService({namespace, name: 'echo'});
		await askMeanwhile(testbed, client, async () => {
			await kube.core.deleteNamespacedService({namespace, name: 'echo'});
			// kube-proxy cleans up at the sync that takes the rules away.
			await eventually(
				`${client.node.name} has no rules of the Service any more`,
				async () => {
					const served = [...(await servedOn(testbed, client.node, service))];
					return served.length === 0
						? {done: true, value: undefined}
						: {done: false, observed: served.join(', '), nodes: [client.node.name]};
				},
				{timeoutMs: programmedTimeoutMs(testbed), signal: testbed.signal},
			);
		});
		await forgotten(testbed, {...client, backends: pods.map(({ip}) => ip)});
	},
);
