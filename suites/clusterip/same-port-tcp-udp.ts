import check from '../../lib/check/check.ts';
import {echoService} from '../../lib/testbed/echo-service.ts';
import {flowsOf} from '../../lib/testbed/flows-of.ts';
import {sendFlows} from '../../lib/testbed/flows.ts';

export default check(
	{
		title: 'TCP and UDP under the same number are two ports: each reaches its own target, by the ClusterIP and by one NodePort number',
		why:
			'DNS, SIP and HTTP/3 use one number for both protocols. Where rules do not tell them apart, one breaks and the other hides ' +
			'it: DNS works until an answer needs TCP, and QUIC falls back and is only slow.',
		refs: ['https://kubernetes.io/docs/concepts/services-networking/service/#protocol-tcp'],
		needs: ['node-access'],
		faults: ['dispatch-one-port', 'endpoint-rule'],
	},
	async testbed => {
		const {clusterIp, nodePorts, expected} = await echoService(testbed, {
			replicas: 2,
			type: 'NodePort',
			ports: [
				{name: 'tcp', port: 53, targetPort: 8080},
				{name: 'udp', port: 53, targetPort: 8081, protocol: 'UDP'},
			],
		});
		const to = (['TCP', 'UDP'] as const).flatMap(protocol => [
			{ip: clusterIp, port: 53, protocol},
			...testbed.workers.slice(-1).map(({ip}) => ({ip, port: nodePorts[protocol.toLowerCase()] as number, protocol})),
		]);
		const flows = await flowsOf(testbed, {from: ['pod', 'node'], to, counts: 40}, expected);
		await testbed.settled();

		testbed.step('40 connections and 40 datagrams from each place to each way in');
		await sendFlows(testbed, 'TCP and UDP under one number', flows);
	},
);
