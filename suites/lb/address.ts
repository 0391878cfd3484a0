import check from '../../lib/check/check.ts';
import {echoPods, service} from '../../lib/testbed/workloads.ts';
import {UNSERVED, balancedByHand} from '../../lib/testbed/load-balancer.ts';
import {expectations} from '../../lib/testbed/expectations.ts';
import {flowsOf} from '../../lib/testbed/flows-of.ts';
import {sendFlows} from '../../lib/testbed/flows.ts';

export default check(
	{
		title:
			'The address that a load balancer has given is served from outside, from pods and from nodes, without a way through the ' +
			'load balancer for those inside',
		why:
			'Calls from inside to the public address must be cut short by rules: on the way through the load balancer they loop, are ' +
			'dropped as spoofed, or cost money. Users outside time out by every node that lacks the rule.',
		refs: ['https://kubernetes.io/docs/concepts/services-networking/service/#loadbalancer'],
		needs: ['node-access', 'outside-host'],
		faults: ['dispatch', 'endpoint-rule'],
	},
	async testbed => {
		await echoPods(testbed, {name: 'echo', replicas: 3});
		const ports = [{name: 'http', port: 80, targetPort: 8080}];
		await service(testbed, {...UNSERVED, name: 'echo', selector: {app: 'echo'}, ports});
		const {ip, via} = await balancedByHand(testbed, 'echo');
		const to = [{ip, port: 80, via}];
		const flows = await flowsOf(testbed, {from: ['outside', 'pod', 'node'], to}, await expectations(testbed));
		await testbed.settled();

		testbed.step('100 new connections from outside, a pod and the host network of each node');
		await sendFlows(testbed, `Load balancer ${ip}:80`, flows);
	},
);
