import check from '../../lib/check/check.ts';
import {echoPods, service} from '../../lib/testbed/workloads.ts';
import {UNSERVED, balancerGives} from '../../lib/testbed/load-balancer.ts';
import {expectations} from '../../lib/testbed/expectations.ts';
import {flowsOf} from '../../lib/testbed/flows-of.ts';
import {sendFlows} from '../../lib/testbed/flows.ts';
import {lastWorker} from '../../lib/testbed/last-worker.ts';
import {programmed} from '../../lib/testbed/programmed.ts';

export default check(
	{
		title: "loadBalancerSourceRanges lets the clients in them reach the load balancer's address and drops all others",
		why:
			'Source ranges are the only firewall before many an admin page and database. Where the rules are lost everybody gets in ' +
			'without a trace; where they are wrong the office is locked out, by some nodes or by all.',
		refs: ['https://kubernetes.io/docs/tasks/access-application-cluster/configure-cloud-provider-firewall/'],
		needs: ['node-access', 'outside-host'],
		faults: ['source-ranges-lost', 'dispatch'],
	},
	async testbed => {
		await echoPods(testbed, {name: 'echo', replicas: 2});
		const ports = [{name: 'http', port: 80, targetPort: 8080}];
		const {ips: outside} = await testbed.vantage.outside();
		const allowed = outside.filter(ip => ip.includes(':') === (testbed.family === 'ipv6'));
		const all = {...UNSERVED, selector: {app: 'echo'}, ports};
		const width = testbed.family === 'ipv6' ? 128 : 32;
		await service(testbed, {...all, name: 'open', loadBalancerSourceRanges: allowed.map(ip => `${ip}/${width}`)});
		// Of the ranges for documentation: nobody is in it.
		await service(testbed, {
			...all,
			name: 'shut',
			loadBalancerSourceRanges: [testbed.family === 'ipv6' ? '2001:db8::/32' : '192.0.2.0/24'],
		});
		const [open = '', shut = ''] = await testbed.lease('balancer-ip', 2);
		await Promise.all([balancerGives(testbed, 'open', [{ip: open}]), balancerGives(testbed, 'shut', [{ip: shut}])]);
		await Promise.all(['open', 'shut'].map(async name => programmed(testbed, name)));
		const via = lastWorker(testbed);
		await testbed.routeOutside(new Map([open, shut].map(ip => [ip, via])));
		const to = [
			{name: 'the client is in the ranges', ip: open, port: 80, via},
			{name: 'the client is not', ip: shut, port: 80, via},
		];
		const flows = await flowsOf(testbed, {from: ['outside', 'pod'], to, counts: 20, timeouts: true}, await expectations(testbed));
		await testbed.settled();

		testbed.step('20 new connections from outside and from a pod on each node to both');
		await sendFlows(testbed, 'Source ranges', flows);
	},
);
