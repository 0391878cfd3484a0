import check from '../../lib/check/check.ts';
import {secondInterface} from '../../lib/change/extra-address.ts';
import {proxyConfig} from '../../lib/change/proxy-config.ts';
import {TRAITS} from '../../lib/model/modes/traits.ts';
import {echoService} from '../../lib/testbed/echo-service.ts';
import {flowsOf} from '../../lib/testbed/flows-of.ts';
import {sendFlows} from '../../lib/testbed/flows.ts';
import {lastWorker} from '../../lib/testbed/last-worker.ts';

/** The opposite of what the mode does without being told. */
const OTHER = {all: ['primary'], primary: ['0.0.0.0/0', '::/0']} as const;

export default check(
	{
		title: "With nodePortAddresses a NodePort is on the addresses that it names, and on no others: the nodes' first ones alone, or all",
		why:
			'nodePortAddresses keeps node ports off public and management networks. Where it has no effect, internal Services are open ' +
			'on a second interface; where it is too narrow, load balancers find no healthy node.',
		refs: [
			'https://kubernetes.io/docs/concepts/services-networking/service/#service-nodeport-custom-listen-address',
			'https://kubernetes.io/docs/reference/config-api/kube-proxy-config.v1alpha1/',
		],
		needs: ['node-access', 'proxy-pods', 'outside-host'],
		budgetMs: 180_000,
		exclusive: ['cluster'],
		faults: ['dispatch'],
	},
	async testbed => {
		const {kube, nodes} = testbed;
		const node = lastWorker(testbed);
		const [extra = ''] = await testbed.lease('external-ip', 1);
		await testbed.change(secondInterface(node, extra));
		await testbed.routeOutside(new Map([[extra, node]]));
		const nodePortAddresses = OTHER[TRAITS[testbed.mode].nodePortDefault];
		testbed.step(`every kube-proxy restarts with nodePortAddresses ${nodePortAddresses.join(', ')}`);
		await testbed.change(await proxyConfig(kube, nodes, {nodePortAddresses}));
		const ports = [{name: 'http', port: 80, targetPort: 8080}];
		const {nodePorts, expected} = await echoService(testbed, {replicas: 3, type: 'NodePort', ports});
		const port = nodePorts['http'] ?? 0;
		const to = [
			...nodes.map(({name, ip}) => ({name: `first address of ${name}`, ip, port})),
			{name: `second address of ${node.name}`, ip: extra, port, on: node},
		];
		const flows = await flowsOf(testbed, {from: ['outside'], to, counts: 30, nobodyListens: true}, expected);
		await testbed.settled();

		testbed.step('30 new connections from outside to each address');
		await sendFlows(testbed, `NodePort ${port}`, flows);
	},
);
