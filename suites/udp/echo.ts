import check from '../../lib/check/check.ts';
import {echoService} from '../../lib/testbed/echo-service.ts';
import {flowsOf} from '../../lib/testbed/flows-of.ts';
import {sendFlows} from '../../lib/testbed/flows.ts';

export default check(
	{
		title: 'Datagrams to a ClusterIP and to a NodePort are answered by a real endpoint, and the answer comes from where they went',
		why:
			'UDP has no handshake, so a missing rule is silence: DNS, syslog and game traffic vanish without an error. An answer that ' +
			'is not translated back comes from a stranger, and the client drops it as silently.',
		refs: ['https://kubernetes.io/docs/reference/networking/service-protocols/#protocol-udp'],
		needs: ['node-access', 'outside-host'],
		faults: ['dispatch', 'endpoint-rule'],
	},
	async testbed => {
		const {clusterIp, nodePorts, expected} = await echoService(testbed, {
			replicas: 3,
			type: 'NodePort',
			ports: [{name: 'udp', port: 80, targetPort: 8081, protocol: 'UDP'}],
		});
		const byNode = testbed.nodes.map(({name, ip}) => ({
			name: `NodePort of ${name}`,
			ip,
			port: nodePorts['udp'] as number,
			protocol: 'UDP' as const,
			nodePort: true as const,
		}));
		const flows = [
			...(await flowsOf(
				testbed,
				{from: ['pod', 'node'], to: [{name: 'ClusterIP', ip: clusterIp, port: 80, protocol: 'UDP'}, ...byNode], counts: 20},
				expected,
			)),
			...(await flowsOf(testbed, {from: ['outside'], to: byNode, counts: 20}, expected)),
		];
		await testbed.settled();

		testbed.step('20 datagrams, each from a new socket, from each place to each way in');
		await sendFlows(testbed, 'UDP', flows);
	},
);
