import {judgeAffinity} from '../../lib/testbed/affinity.ts';
import check from '../../lib/check/check.ts';
import {echoService} from '../../lib/testbed/echo-service.ts';
import {flowsOf} from '../../lib/testbed/flows-of.ts';
import {sendFlows} from '../../lib/testbed/flows.ts';

export default check(
	{
		title: 'With session affinity ClientIP one client stays with one endpoint, by ClusterIP and by NodePort, TCP and UDP',
		why:
			'Logins, carts and uploads that live in the memory of one pod are lost when the next request lands on another. Users are ' +
			'logged out at random, the more often the more replicas there are, and every pod looks healthy.',
		refs: ['https://kubernetes.io/docs/reference/networking/virtual-ips/#session-affinity'],
		needs: ['node-access', 'outside-host'],
		faults: ['affinity-lost'],
	},
	async testbed => {
		const ports = [
			{name: 'tcp', port: 80, targetPort: 8080},
			{name: 'udp', port: 80, targetPort: 8081, protocol: 'UDP' as const},
		];
		const {clusterIp, nodePorts, expected} = await echoService(testbed, {
			replicas: 4,
			type: 'NodePort',
			ports,
			sessionAffinity: 'ClientIP',
		});
		const ways = [
			{port: nodePorts['tcp'] as number, protocol: 'TCP'},
			{port: nodePorts['udp'] as number, protocol: 'UDP'},
		] as const;
		const byClusterIp = ways.map(({protocol}) => ({name: `ClusterIP ${protocol}`, ip: clusterIp, port: 80, protocol}));
		const byNodePort = testbed.nodes.flatMap(({name, ip}) =>
			ways.map(({port, protocol}) => ({name: `NodePort of ${name} ${protocol}`, ip, port, protocol})),
		);
		const flows = [
			...(await flowsOf(testbed, {from: ['pod'], to: byClusterIp, counts: 50}, expected)),
			...(await flowsOf(testbed, {from: ['outside'], to: byNodePort, counts: 50}, expected)),
		];
		await testbed.settled();

		testbed.step('50 connections of each client to each way in');
		const sent = await sendFlows(testbed, 'Session affinity', flows);
		judgeAffinity(testbed, sent);
	},
);
