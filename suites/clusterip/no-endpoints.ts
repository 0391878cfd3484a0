import check from '../../lib/check/check.ts';
import {expectations} from '../../lib/testbed/expectations.ts';
import {flowsOf} from '../../lib/testbed/flows-of.ts';
import {sendFlows} from '../../lib/testbed/flows.ts';
import {programmed} from '../../lib/testbed/programmed.ts';
import {service} from '../../lib/testbed/workloads.ts';

/**
 * The refusal is an ICMP message, and the kernel sends one client at most 6 at once, then one a second (net.ipv4.icmp_ratelimit): TCP and
 * UDP together stay below.
 */
const COUNT = 2;

export default check(
	{
		title: 'A Service without endpoints refuses at once, TCP and UDP, instead of leaving the client to a timeout',
		why:
			'After a refusal clients fail over at once; a timeout holds their threads and pools for seconds or minutes. A Service that ' +
			'was scaled to zero or selects nothing takes its callers down with it where the reject rule is missing.',
		refs: [
			'https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/proxy/iptables/proxier.go',
			'https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/proxy/nftables/proxier.go',
		],
		needs: ['node-access'],
		faults: ['refusal'],
	},
	async testbed => {
		testbed.step('a Service whose selector matches no pod');
		const {clusterIp} = await service(testbed, {
			name: 'nobody',
			selector: {app: 'nobody'},
			ports: [
				{name: 'tcp', port: 80, targetPort: 8080},
				{name: 'udp', port: 81, targetPort: 8081, protocol: 'UDP'},
			],
		});
		testbed.step('every node has the rules that refuse');
		await programmed(testbed, 'nobody');
		const expected = await expectations(testbed);
		const to = [
			{ip: clusterIp, port: 80},
			{ip: clusterIp, port: 81, protocol: 'UDP' as const},
		];
		const flows = await flowsOf(testbed, {from: ['pod', 'node'], to, counts: COUNT}, expected);
		await testbed.settled();

		testbed.step(`${COUNT} connections each, from a pod and from the host network of each node`);
		await sendFlows(testbed, `ClusterIP ${clusterIp} without endpoints`, flows);
	},
);
