import check from '../../lib/check/check.ts';
import {announcedBy, watchArp} from '../../lib/testbed/arp-watch.ts';
import {expectations} from '../../lib/testbed/expectations.ts';
import {flowsOf} from '../../lib/testbed/flows-of.ts';
import {sendFlows} from '../../lib/testbed/flows.ts';
import {lastWorker} from '../../lib/testbed/last-worker.ts';
import {balanced, makePool} from '../../lib/testbed/metallb.ts';
import {programmed} from '../../lib/testbed/programmed.ts';
import {echoPods} from '../../lib/testbed/workloads.ts';

export default check(
	{
		title: 'loadBalancerSourceRanges holds for clients that come to an address of MetalLB by the node that announces it',
		why:
			'On bare metal the ranges see what reaches the announcing node. Where that node lacks the rules, or something before it ' +
			'rewrites the source, an allow-list lets everybody in or nobody.',
		refs: ['https://kubernetes.io/docs/tasks/access-application-cluster/configure-cloud-provider-firewall/'],
		families: ['ipv4'],
		needs: ['node-access', 'outside-host', 'metallb-pools'],
		uses: ['node'],
		faults: ['source-ranges-lost'],
	},
	async testbed => {
		await echoPods(testbed, {name: 'echo', replicas: 2});
		const via = lastWorker(testbed);
		await makePool(testbed, {count: 2, nodes: [via.name]});
		const wish = {selector: {app: 'echo'}, ports: [{name: 'http', port: 80, targetPort: 8080}]};
		const allowed = testbed.outside.ips.filter(ip => !ip.includes(':')).map(ip => `${ip}/32`);
		const [open, shut] = await Promise.all([
			balanced(testbed, {...wish, name: 'open', loadBalancerSourceRanges: allowed}),
			// Of the ranges for documentation: nobody is in it.
			balanced(testbed, {...wish, name: 'shut', loadBalancerSourceRanges: ['192.0.2.0/24']}),
		]);
		await Promise.all(['open', 'shut'].map(async name => programmed(testbed, name)));
		const watch = await watchArp(testbed, [open.ip, shut.ip]);
		const announced = [open, shut].map(async ({ip}) => announcedBy(testbed, watch, ip, {among: [via]}));
		await Promise.all(announced).finally(async () => watch.close());
		const to = [
			{name: 'the client is in the ranges', ip: open.ip, port: 80, via},
			{name: 'the client is not', ip: shut.ip, port: 80, via},
		];
		const flows = await flowsOf(testbed, {from: ['outside', 'pod'], to, counts: 20, timeouts: true}, await expectations(testbed));
		await testbed.settled();

		testbed.step('20 new connections from outside and from a pod on each node to both');
		await sendFlows(testbed, 'Source ranges', flows);
	},
);
