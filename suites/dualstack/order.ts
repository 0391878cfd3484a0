import check from '../../lib/check/check.ts';
import {clusterIpsOf, judgeIps} from '../../lib/testbed/cluster-ips.ts';
import {expectations} from '../../lib/testbed/expectations.ts';
import {flowsOf, type Goal} from '../../lib/testbed/flows-of.ts';
import {sendFlows} from '../../lib/testbed/flows.ts';
import {programmed} from '../../lib/testbed/programmed.ts';
import {echoPods, service} from '../../lib/testbed/workloads.ts';
import {ofFamily} from '../../lib/ip.ts';

const ORDERS = {
	'four-six': ['IPv4', 'IPv6'],
	'six-four': ['IPv6', 'IPv4'],
} as const;

export default check(
	{
		title: 'The order of ipFamilies is that of clusterIPs, whichever comes first, and both addresses serve',
		why:
			'The first address is what the environment, old clients and most controllers use. A cluster that reorders ' +
			'families moves traffic to the other one without anybody asking for it.',
		refs: ['https://kubernetes.io/docs/concepts/services-networking/dual-stack/#services'],
		needs: ['node-access', 'dual-stack'],
		faults: ['dispatch'],
	},
	async testbed => {
		await echoPods(testbed, {name: 'echo', replicas: 2});
		const goals: Goal[] = [];
		for (const [name, families] of Object.entries(ORDERS)) {
			const ipFamilies = [...families];
			const ports = [{name: 'http', port: 80, targetPort: 8080}];
			await service(testbed, {name, selector: {app: 'echo'}, ipFamilyPolicy: 'PreferDualStack', ipFamilies, ports});
			const ips = await clusterIpsOf(testbed, name);
			judgeIps(ips, families);
			await programmed(testbed, name);
			goals.push({name: ipFamilies.join(', '), ip: ofFamily(ips, testbed.family) ?? '', port: 80});
		}
		const flows = await flowsOf(testbed, {from: ['pod', 'node'], to: goals, counts: 40}, await expectations(testbed));
		await testbed.settled();

		testbed.step('40 new connections from a pod and from the host network of each node to both Services');
		await sendFlows(testbed, 'Orders of families', flows);
	},
);
