import check from '../../lib/check/check.ts';
import {echoPods, service} from '../../lib/testbed/workloads.ts';
import {UNSERVED, balancerGives} from '../../lib/testbed/load-balancer.ts';
import {expectations} from '../../lib/testbed/expectations.ts';
import {flowsOf} from '../../lib/testbed/flows-of.ts';
import {sendFlows} from '../../lib/testbed/flows.ts';
import {programmed} from '../../lib/testbed/programmed.ts';

export default check(
	{
		title: 'An address of a load balancer with ipMode Proxy is not taken by the nodes, that of one with ipMode VIP is',
		why:
			'A load balancer that adds the PROXY protocol or ends TLS must not be passed by: backends refuse what lacks the header. ' +
			'With ipMode Proxy calls from inside the cluster take the way of those from outside.',
		refs: ['https://github.com/kubernetes/enhancements/tree/master/keps/sig-network/1860-kube-proxy-IP-node-binding'],
		needs: ['node-access'],
		faults: ['dispatch'],
	},
	async testbed => {
		await echoPods(testbed, {name: 'echo', replicas: 2});
		const ports = [{name: 'http', port: 80, targetPort: 8080}];
		await service(testbed, {...UNSERVED, name: 'echo', selector: {app: 'echo'}, ports});
		const [proxied = '', bound = ''] = await testbed.lease('balancer-ip', 2);
		await balancerGives(testbed, 'echo', [
			{ip: proxied, ipMode: 'Proxy'},
			{ip: bound, ipMode: 'VIP'},
		]);
		await programmed(testbed, 'echo');
		const to = [
			{name: 'ipMode Proxy', ip: proxied, port: 80},
			{name: 'ipMode VIP', ip: bound, port: 80},
		];
		const flows = await flowsOf(testbed, {from: ['pod', 'node'], to, counts: 10, timeouts: true}, await expectations(testbed));
		await testbed.settled();

		testbed.step('10 new connections from a pod and from the host network of each node to both');
		await sendFlows(testbed, 'Addresses of the load balancer', flows);
	},
);
