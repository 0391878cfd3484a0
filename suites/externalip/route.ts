import check from '../../lib/check/check.ts';
import {echoService} from '../../lib/testbed/echo-service.ts';
import {flowsOf} from '../../lib/testbed/flows-of.ts';
import {sendFlows} from '../../lib/testbed/flows.ts';

export default check(
	{
		title: 'An external IP that is routed to a node serves from outside, from every node and from every pod, TCP and UDP',
		why:
			'Clusters without a load balancer are often entered by external IPs. A node without the rule answers with a timeout; where ' +
			'a router spreads over several nodes, only every nth connection fails.',
		refs: ['https://kubernetes.io/docs/concepts/services-networking/service/#external-ips'],
		needs: ['node-access', 'outside-host'],
		faults: ['dispatch', 'endpoint-rule'],
	},
	async testbed => {
		// One for each node that the host outside reaches it by.
		const externalIPs = [...(await testbed.lease('external-ip', testbed.nodes.length))];
		const {expected} = await echoService(testbed, {
			replicas: 3,
			externalIPs,
			ports: [
				{name: 'tcp', port: 80, targetPort: 8080},
				{name: 'udp', port: 80, targetPort: 8081, protocol: 'UDP'},
			],
		});
		const routes = externalIPs.map((ip, index) => ({ip, via: testbed.nodes[index]!}));
		await testbed.routeOutside(new Map(routes.map(({ip, via}) => [ip, via])));
		const to = routes.flatMap(({ip, via}) =>
			(['TCP', 'UDP'] as const).map(protocol => ({name: `${ip} by ${via.name} ${protocol}`, ip, port: 80, protocol, via})),
		);
		const flows = await flowsOf(testbed, {from: ['outside', 'pod', 'node'], to, counts: 60}, expected);
		await testbed.settled();

		testbed.step('60 new connections from each place to each external IP');
		await sendFlows(testbed, 'External IPs', flows);
	},
);
