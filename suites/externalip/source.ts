import check from '../../lib/check/check.ts';
import {expectations} from '../../lib/testbed/expectations.ts';
import {flowsOf} from '../../lib/testbed/flows-of.ts';
import {sendFlows} from '../../lib/testbed/flows.ts';
import {programmed} from '../../lib/testbed/programmed.ts';
import {echoPods, service} from '../../lib/testbed/workloads.ts';

export default check(
	{
		title: "By an external IP a backend sees the entry node with policy Cluster, and the client's own address with Local",
		why:
			'Where Local has no effect, allow-lists and rate limits see nodes in place of clients. Where the masquerade of Cluster is ' +
			'missing, replies go past the entry node, and connections to endpoints on other nodes time out.',
		refs: [
			'https://kubernetes.io/docs/tutorials/services/source-ip/',
			'https://kubernetes.io/docs/reference/networking/virtual-ips/#external-traffic-policy',
		],
		needs: ['node-access', 'outside-host'],
		faults: ['masquerade-missing', 'dispatch'],
	},
	async testbed => {
		const {nodes} = testbed;
		await echoPods(testbed, {name: 'echo', replicas: testbed.workers.length});
		// One for each node that the host outside reaches it by.
		const ips = await testbed.lease('external-ip', 2 * nodes.length);
		const ports = [{name: 'http', port: 80, targetPort: 8080}];
		const policies = ['Cluster', 'Local'].map((policy, index) => ({
			policy,
			name: policy.toLowerCase(),
			routes: nodes.map((via, at) => ({via, ip: ips[index * nodes.length + at] ?? ''})),
		}));
		for (const {policy, name, routes} of policies)
			await service(testbed, {
				name,
				selector: {app: 'echo'},
				ports,
				externalIPs: routes.map(({ip}) => ip),
				externalTrafficPolicy: policy,
			});
		await Promise.all(policies.map(async ({name}) => programmed(testbed, name)));
		const routes = policies.flatMap(({policy, routes: own}) => own.map(route => ({...route, policy})));
		await testbed.routeOutside(new Map(routes.map(({ip, via}) => [ip, via])));
		const to = routes.map(({ip, via, policy}) => ({name: `${policy} by ${via.name}`, ip, port: 80, via}));
		const wish = {from: ['outside'] as const, to, counts: 40, sources: true, timeouts: true};
		const flows = await flowsOf(testbed, wish, await expectations(testbed));
		await testbed.settled();

		testbed.step('40 new connections from outside by each node to each, and the address that the backends saw');
		await sendFlows(testbed, 'Source addresses by external IP', flows);
	},
);
