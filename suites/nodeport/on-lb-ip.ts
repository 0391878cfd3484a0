import check from '../../lib/check/check.ts';
import {expectations} from '../../lib/testbed/expectations.ts';
import {flowsOf} from '../../lib/testbed/flows-of.ts';
import {sendFlows} from '../../lib/testbed/flows.ts';
import {balancedByHand} from '../../lib/testbed/load-balancer.ts';
import {echoPods, service} from '../../lib/testbed/workloads.ts';

export default check(
	{
		title: "A load balancer's address serves the Service's port, and not its node port, which is on the nodes' own addresses",
		why:
			"Where a platform puts the load balancer's address on the nodes, node ports are open on it as well in iptables mode " +
			'(kubernetes#111863). Scans of a public address then find high ports that nobody has published.',
		refs: ['https://github.com/kubernetes/kubernetes/issues/111863'],
		needs: ['node-access', 'outside-host'],
		faults: ['dispatch'],
	},
	async testbed => {
		await echoPods(testbed, {name: 'echo', replicas: 3});
		const ports = [{name: 'http', port: 80, targetPort: 8080}];
		const {nodePorts} = await service(testbed, {name: 'echo', type: 'LoadBalancer', selector: {app: 'echo'}, ports});
		const {ip, via} = await balancedByHand(testbed, 'echo');
		const nodePort = nodePorts['http'] ?? 0;
		const to = [
			{name: `address of the load balancer:80`, ip, port: 80, via},
			{name: `address of the load balancer:${nodePort}`, ip, port: nodePort, via},
			{name: `${via.name}:${nodePort}`, ip: via.ip, port: nodePort},
		];
		const wish = {from: ['outside', 'pod'] as const, on: [via], to, counts: 10, timeouts: true};
		const flows = await flowsOf(testbed, wish, await expectations(testbed));
		await testbed.settled();

		testbed.step(`10 new connections from outside and from a pod on ${via.name} to each`);
		await sendFlows(testbed, 'Node port and load balancer', flows);
	},
);
