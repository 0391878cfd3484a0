import check from '../../lib/check/check.ts';
import {secondAddress, secondInterface} from '../../lib/change/extra-address.ts';
import {echoService} from '../../lib/testbed/echo-service.ts';
import {flowsFollow} from '../../lib/testbed/follow.ts';
import {lastWorker} from '../../lib/testbed/last-worker.ts';

export default check(
	{
		title: 'A NodePort is on second addresses and interfaces of a node where the mode takes all, and not where it takes the first',
		why:
			'A second interface or a keepalived address opens node ports on networks that nobody thought of, except in nftables mode. ' +
			'With the change to that mode clients of such an address lose their way in.',
		refs: ['https://kubernetes.io/docs/concepts/services-networking/service/#service-nodeport-custom-listen-address'],
		needs: ['node-access', 'outside-host'],
		exclusive: ['node'],
		faults: ['dispatch'],
	},
	async testbed => {
		const node = lastWorker(testbed);
		const [second = '', third = ''] = await testbed.lease('external-ip', 2);
		await testbed.change(secondAddress(node, second));
		await testbed.change(secondInterface(node, third));
		await testbed.routeOutside(new Map([second, third].map(ip => [ip, node])));
		const ports = [{name: 'http', port: 80, targetPort: 8080}];
		const {nodePorts} = await echoService(testbed, {replicas: 3, type: 'NodePort', ports});
		const port = nodePorts['http'] ?? 0;
		const to = [
			{name: 'first address', ip: node.ip, port},
			{name: 'second address', ip: second, port, on: node},
			{name: 'second interface', ip: third, port, on: node},
		];
		await testbed.settled();

		testbed.step(`30 new connections from outside and from ${node.name} itself to each address`);
		await flowsFollow(testbed, `NodePort ${port}`, {from: ['outside', 'node'], on: [node], to, counts: 30, nobodyListens: true});
	},
);
