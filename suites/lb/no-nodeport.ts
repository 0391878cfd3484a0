import check from '../../lib/check/check.ts';
import {echoPods, service} from '../../lib/testbed/workloads.ts';
import {UNSERVED, balancedByHand} from '../../lib/testbed/load-balancer.ts';
import {expectations} from '../../lib/testbed/expectations.ts';
import {flowsOf} from '../../lib/testbed/flows-of.ts';
import {sendFlows} from '../../lib/testbed/flows.ts';
import {judgeNoNodePorts} from '../../lib/testbed/no-node-ports.ts';

export default check(
	{
		title:
			"A load balancer's Service with allocateLoadBalancerNodePorts false has no node port, and its address is served all the " +
			'same',
		why:
			'Node ports are a way past the load balancer and its source ranges, and the 2,768 numbers of their range run out in large ' +
			'clusters. Without them the address itself has to work, or the Service has no way in at all.',
		refs: ['https://kubernetes.io/docs/concepts/services-networking/service/#load-balancer-nodeport-allocation'],
		needs: ['node-access', 'outside-host'],
		faults: ['dispatch'],
	},
	async testbed => {
		await echoPods(testbed, {name: 'echo', replicas: 2});
		const ports = [{name: 'http', port: 80, targetPort: 8080}];
		const wish = {...UNSERVED, allocateLoadBalancerNodePorts: false, selector: {app: 'echo'}, ports};
		judgeNoNodePorts(testbed, await service(testbed, {...wish, name: 'echo'}));
		const {ip, via} = await balancedByHand(testbed, 'echo');
		const flows = await flowsOf(
			testbed,
			{from: ['outside', 'pod'], to: [{ip, port: 80, via}], counts: 40},
			await expectations(testbed),
		);
		await testbed.settled();

		testbed.step('40 new connections from outside and from a pod on each node');
		await sendFlows(testbed, `Load balancer ${ip}:80`, flows);
	},
);
