import check from '../../lib/check/check.ts';
import {ofFamily} from '../../lib/ip.ts';
import {changeService} from '../../lib/testbed/change-service.ts';
import {clusterIpsOf, judgeIps} from '../../lib/testbed/cluster-ips.ts';
import {flowsFollow} from '../../lib/testbed/follow.ts';
import {programmed} from '../../lib/testbed/programmed.ts';
import {echoPods, service} from '../../lib/testbed/workloads.ts';
import {Violation} from '../../lib/record/problem.ts';

export default check(
	{
		title: 'A Service gets an address of the other family when it prefers both, keeps its first, and loses the second again',
		why:
			'Moving a cluster to both families is done Service by Service on running workloads. Rules of an address that ' +
			'was taken away again would go on swallowing traffic.',
		refs: ['https://kubernetes.io/docs/concepts/services-networking/dual-stack/#changing-services-between-single-stack-and-dual-stack'],
		needs: ['node-access', 'dual-stack'],
		budgetMs: 90_000,
		faults: ['kube-proxy-hangs'],
	},
	async testbed => {
		// The address of this run's family is the one that comes and goes.
		const [first, second] = testbed.family === 'ipv6' ? (['IPv4', 'IPv6'] as const) : (['IPv6', 'IPv4'] as const);
		await echoPods(testbed, {name: 'echo', replicas: 2});
		const ports = [{name: 'http', port: 80, targetPort: 8080}];
		const {clusterIp} = await service(testbed, {
			name: 'echo',
			selector: {app: 'echo'},
			ipFamilyPolicy: 'SingleStack',
			ipFamilies: [first],
			ports,
		});
		await testbed.settled();

		testbed.step('the Service prefers both families');
		await changeService(testbed, 'echo', {ipFamilyPolicy: 'PreferDualStack', ipFamilies: [first, second]});
		const ips = await clusterIpsOf(testbed, 'echo');
		judgeIps(ips, [first, second]);
		if (ips[0] !== clusterIp)
			throw new Violation({
				summary: 'the first address of a Service is another one after the change',
				expected: clusterIp,
				observed: ips.join(', '),
				layer: {name: 'api', detail: `the first of clusterIPs is ${ips[0]} instead of ${clusterIp}`},
				reproduce: [],
			});
		await programmed(testbed, 'echo');
		const to = [{name: 'second address', ip: ofFamily(ips, testbed.family) ?? '', port: 80}];
		await flowsFollow(testbed, 'With both families', {from: ['pod', 'node'], to, counts: 40}, 'echo');

		testbed.step('the Service wants one family again');
		await changeService(testbed, 'echo', {ipFamilyPolicy: 'SingleStack', ipFamilies: [first], clusterIPs: [clusterIp]});
		judgeIps(await clusterIpsOf(testbed, 'echo'), [first]);
		await flowsFollow(testbed, 'With one family again', {from: ['pod', 'node'], to, counts: 40});
	},
);
