import check from '../../lib/check/check.ts';
import {ofFamily} from '../../lib/ip.ts';
import {expectations} from '../../lib/testbed/expectations.ts';
import {flowsOf} from '../../lib/testbed/flows-of.ts';
import {sendFlows} from '../../lib/testbed/flows.ts';
import {clusterIpsOf, judgeIps} from '../../lib/testbed/cluster-ips.ts';
import {lastWorker} from '../../lib/testbed/last-worker.ts';
import {programmed} from '../../lib/testbed/programmed.ts';
import {echoPods, service} from '../../lib/testbed/workloads.ts';

export default check(
	{
		title: 'A Service that requires both families has an address of each; both serve the same pods on the same ports and node ports',
		why:
			"Clients choose the family by themselves (getaddrinfo, happy eyeballs). Where one family's rules are " +
			'missing, some clients of a Service fail and others do not, from the same pod.',
		refs: ['https://kubernetes.io/docs/concepts/services-networking/dual-stack/'],
		needs: ['node-access', 'dual-stack'],
		faults: ['dispatch', 'endpoint-rule'],
	},
	async testbed => {
		await echoPods(testbed, {name: 'echo', replicas: 3});
		const {nodePorts} = await service(testbed, {
			name: 'echo',
			type: 'NodePort',
			selector: {app: 'echo'},
			ipFamilyPolicy: 'RequireDualStack',
			ipFamilies: ['IPv4', 'IPv6'],
			ports: [{name: 'http', port: 80, targetPort: 8080}],
		});
		const ips = await clusterIpsOf(testbed, 'echo');
		judgeIps(ips, ['IPv4', 'IPv6']);
		await programmed(testbed, 'echo');
		const node = lastWorker(testbed);
		const to = [
			{ip: ofFamily(ips, testbed.family) ?? '', port: 80},
			{ip: node.ip, port: nodePorts['http'] as number},
		];
		const flows = await flowsOf(testbed, {from: ['pod', 'node'], to}, await expectations(testbed));
		await testbed.settled();

		testbed.step('100 new connections from a pod and from the host network of each node');
		await sendFlows(testbed, `ClusterIPs ${ips.join(', ')}`, flows);
	},
);
