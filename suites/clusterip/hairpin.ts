import check from '../../lib/check/check.ts';
import {echoService} from '../../lib/testbed/echo-service.ts';
import {flowsOf} from '../../lib/testbed/flows-of.ts';
import {sendFlows} from '../../lib/testbed/flows.ts';

export default check(
	{
		title: 'A pod that is the only endpoint of a Service reaches itself by the ClusterIP, and sees an address of its node, TCP and UDP',
		why:
			'A program with one replica that calls itself by its Service times out, while all other clients are served. hairpin_mode ' +
			"is off at the pod's bridge port, or the masquerade is missing and the pod sees its own address as the sender.",
		refs: [
			'https://kubernetes.io/docs/tasks/debug/debug-application/debug-service/#a-pod-fails-to-reach-itself-via-the-service-ip',
			'https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/proxy/iptables/proxier.go',
		],
		needs: ['node-access'],
		faults: ['hairpin-masquerade'],
	},
	async testbed => {
		const {clusterIp, pods, expected} = await echoService(testbed, {
			replicas: 1,
			client: true,
			ports: [
				{name: 'tcp', port: 80, targetPort: 8080},
				{name: 'udp', port: 80, targetPort: 8081, protocol: 'UDP'},
			],
		});
		const to = (['TCP', 'UDP'] as const).map(protocol => ({ip: clusterIp, port: 80, protocol}));
		const flows = await flowsOf(testbed, {from: pods, to, counts: 20, sources: true}, expected);
		await testbed.settled();

		testbed.step('20 connections of the pod to itself, and the address that it saw');
		await sendFlows(testbed, 'A pod to itself', flows);
	},
);
