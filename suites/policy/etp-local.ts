import check from '../../lib/check/check.ts';
import {echoService} from '../../lib/testbed/echo-service.ts';
import {flowsOf} from '../../lib/testbed/flows-of.ts';
import {sendFlows} from '../../lib/testbed/flows.ts';

export default check(
	{
		title:
			"With externalTrafficPolicy Local a NodePort is served by endpoints of that node, which see the client's own address, " +
			'and by nobody where there are none',
		why:
			'Local is set so that programs see real clients. Where it leaks to other nodes, geo blocks and rate limits see the wrong ' +
			'address; where balancers do not check health, users time out by every node without an endpoint.',
		refs: [
			'https://kubernetes.io/docs/tutorials/services/source-ip/',
			'https://kubernetes.io/docs/reference/networking/virtual-ips/#external-traffic-policy',
		],
		needs: ['node-access', 'outside-host'],
		faults: ['dispatch', 'endpoint-rule'],
	},
	async testbed => {
		// One endpoint: all other nodes have none.
		const {nodePorts, expected} = await echoService(testbed, {
			replicas: 1,
			type: 'NodePort',
			externalTrafficPolicy: 'Local',
			ports: [{name: 'http', port: 80, targetPort: 8080}],
		});
		const to = testbed.nodes.map(({name, ip}) => ({name: `${name} ${ip}`, ip, port: nodePorts['http'] as number}));
		// A pod's own address is the network's to keep or to rewrite on its way to another node; a client outside has none but its own.
		const flows = [
			...(await flowsOf(testbed, {from: ['outside'], to, counts: 40, sources: true, timeouts: true}, expected)),
			...(await flowsOf(testbed, {from: ['pod'], to, counts: 10, timeouts: true}, expected)),
		];
		await testbed.settled();

		testbed.step('40 new connections from outside to each node, 10 from a pod on each');
		await sendFlows(testbed, 'NodePort with policy Local', flows);
	},
);
