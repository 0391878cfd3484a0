import check from '../../lib/check/check.ts';
import {expectations} from '../../lib/testbed/expectations.ts';
import {flowsOf} from '../../lib/testbed/flows-of.ts';
import {sendFlows} from '../../lib/testbed/flows.ts';
import {announcerOf, balancedByPool} from '../../lib/testbed/metallb.ts';
import {judgeNoNodePorts} from '../../lib/testbed/no-node-ports.ts';
import {programmed} from '../../lib/testbed/programmed.ts';
import {echoPods} from '../../lib/testbed/workloads.ts';

export default check(
	{
		title: 'An address of MetalLB serves TCP and UDP under one number, each to its own target, for a Service without node ports',
		why:
			'DNS and HTTP/3 need both protocols at one address, and node ports are a way past the address and its source ranges. A ' +
			'balancer that needs node ports, or announces for one protocol alone, leaves half of such a Service dead.',
		refs: [
			'https://github.com/kubernetes/enhancements/tree/master/keps/sig-network/1435-mixed-protocol-lb',
			'https://kubernetes.io/docs/concepts/services-networking/service/#load-balancer-nodeport-allocation',
		],
		families: ['ipv4'],
		needs: ['node-access', 'outside-host', 'metallb'],
		uses: ['node'],
		faults: ['dispatch', 'endpoint-rule'],
	},
	async testbed => {
		await echoPods(testbed, {name: 'echo', replicas: 2});
		const ports = [
			{name: 'tcp', port: 80, targetPort: 8080},
			{name: 'udp', port: 80, targetPort: 8081, protocol: 'UDP' as const},
		];
		const wish = {name: 'echo', selector: {app: 'echo'}, allocateLoadBalancerNodePorts: false, ports};
		const made = await balancedByPool(testbed, wish);
		judgeNoNodePorts(testbed, made);
		const {ip} = made;
		await programmed(testbed, 'echo');
		const via = await announcerOf(testbed, ip);
		const to = (['TCP', 'UDP'] as const).map(protocol => ({name: protocol, ip, port: 80, protocol, via}));
		const flows = await flowsOf(testbed, {from: ['outside', 'pod'], to, counts: 40}, await expectations(testbed));
		await testbed.settled();

		testbed.step('40 new connections and datagrams from outside and from a pod on each node');
		await sendFlows(testbed, `Address ${ip} of MetalLB`, flows);
	},
);
