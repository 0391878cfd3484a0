import check from '../../lib/check/check.ts';
import {ofFamily} from '../../lib/ip.ts';
import {clusterIpsOf, judgeIps} from '../../lib/testbed/cluster-ips.ts';
import {expectations} from '../../lib/testbed/expectations.ts';
import {flowsOf, type Goal} from '../../lib/testbed/flows-of.ts';
import {sendFlows} from '../../lib/testbed/flows.ts';
import {programmed} from '../../lib/testbed/programmed.ts';
import {echoPods} from '../../lib/testbed/workloads.ts';

export default check(
	{
		title: 'ipFamilyPolicy decides how many addresses a Service gets: one, or one of each family; all of them serve',
		why:
			'Charts set ipFamilyPolicy once for all clusters. A second address that is given and not programmed shows as ' +
			'a Service that hangs for clients that prefer IPv6.',
		refs: ['https://kubernetes.io/docs/concepts/services-networking/dual-stack/#services'],
		needs: ['node-access', 'dual-stack'],
		faults: ['dispatch'],
	},
	async testbed => {
		const {kube, family} = testbed;
		await echoPods(testbed, {name: 'echo', replicas: 2});
		// The first family of the cluster is that of its API server's Service.
		const [standard = ''] = (await kube.core.readNamespacedService({namespace: 'default', name: 'kubernetes'})).spec?.ipFamilies ?? [];
		const both = standard === 'IPv6' ? (['IPv6', 'IPv4'] as const) : (['IPv4', 'IPv6'] as const);
		const goals: Goal[] = [];
		for (const policy of ['SingleStack', 'PreferDualStack', 'RequireDualStack'] as const) {
			const name = policy.toLowerCase();
			const ports = [{name: 'http', port: 80, targetPort: 8080}];
			const {ipFamilies} = await kube.core
				.createNamespacedService({
					namespace: testbed.namespace,
					body: {metadata: {name}, spec: {selector: {app: 'echo'}, ipFamilyPolicy: policy, ports}},
				})
				.then(({spec}) => spec ?? {});
			const ips = await clusterIpsOf(testbed, name);
			judgeIps(ips, policy === 'SingleStack' ? both.slice(0, 1) : both);
			const ip = ofFamily(ips, family);
			if (ip === undefined) continue;
			await programmed(testbed, name);
			goals.push({name: `${policy}: ${ipFamilies?.join(', ')}`, ip, port: 80});
		}
		const flows = await flowsOf(testbed, {from: ['pod', 'node'], to: goals, counts: 40}, await expectations(testbed));
		await testbed.settled();

		testbed.step('40 new connections from a pod and from the host network of each node to each address');
		await sendFlows(testbed, 'Policies', flows);
	},
);
