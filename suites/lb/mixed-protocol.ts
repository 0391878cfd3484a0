import check from '../../lib/check/check.ts';
import {echoPods, service} from '../../lib/testbed/workloads.ts';
import {UNSERVED, balancedByHand} from '../../lib/testbed/load-balancer.ts';
import {expectations} from '../../lib/testbed/expectations.ts';
import {flowsOf} from '../../lib/testbed/flows-of.ts';
import {sendFlows} from '../../lib/testbed/flows.ts';

export default check(
	{
		title: 'One address of a load balancer serves TCP and UDP on the same port, each to its own target',
		why:
			'DNS, SIP and HTTP/3 need TCP and UDP at one address. Where one of them is lost, large answers fail or clients fall back ' +
			'slowly, and health checks over the other protocol stay green.',
		refs: ['https://github.com/kubernetes/enhancements/tree/master/keps/sig-network/1435-mixed-protocol-lb'],
		needs: ['node-access', 'outside-host'],
		faults: ['dispatch', 'endpoint-rule'],
	},
	async testbed => {
		await echoPods(testbed, {name: 'echo', replicas: 2});
		const ports = [
			{name: 'tcp', port: 80, targetPort: 8080},
			{name: 'udp', port: 80, targetPort: 8081, protocol: 'UDP' as const},
		];
		await service(testbed, {...UNSERVED, name: 'echo', selector: {app: 'echo'}, ports});
		const {ip, via} = await balancedByHand(testbed, 'echo');
		const to = (['TCP', 'UDP'] as const).map(protocol => ({ip, port: 80, protocol, via}));
		const flows = await flowsOf(testbed, {from: ['outside', 'pod'], to, counts: 40}, await expectations(testbed));
		await testbed.settled();

		testbed.step('40 new connections and datagrams from outside and from a pod on each node');
		await sendFlows(testbed, `Load balancer ${ip}:80`, flows);
	},
);
