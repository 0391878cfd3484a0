import check from '../../lib/check/check.ts';
import {judgeAffinity} from '../../lib/testbed/affinity.ts';
import {expectations} from '../../lib/testbed/expectations.ts';
import {flowsOf} from '../../lib/testbed/flows-of.ts';
import {sendFlows} from '../../lib/testbed/flows.ts';
import {announcerOf, balancedByPool} from '../../lib/testbed/metallb.ts';
import {programmed} from '../../lib/testbed/programmed.ts';
import {echoPods} from '../../lib/testbed/workloads.ts';

export default check(
	{
		title: 'With session affinity ClientIP a client stays with one endpoint by an address of MetalLB, TCP and UDP',
		why:
			'Users outside come by the address of the load balancer, and it is there that affinity has to hold. The memory is that of ' +
			'the announcing node alone: where its rules lack it, every request of a login lands elsewhere.',
		refs: ['https://kubernetes.io/docs/reference/networking/virtual-ips/#session-affinity'],
		families: ['ipv4'],
		needs: ['node-access', 'outside-host', 'metallb'],
		uses: ['node'],
		faults: ['affinity-lost'],
	},
	async testbed => {
		await echoPods(testbed, {name: 'echo', replicas: 4});
		const ports = [
			{name: 'tcp', port: 80, targetPort: 8080},
			{name: 'udp', port: 80, targetPort: 8081, protocol: 'UDP' as const},
		];
		const {ip} = await balancedByPool(testbed, {name: 'echo', selector: {app: 'echo'}, sessionAffinity: 'ClientIP', ports});
		await programmed(testbed, 'echo');
		const via = await announcerOf(testbed, ip);
		const to = (['TCP', 'UDP'] as const).map(protocol => ({name: protocol, ip, port: 80, protocol, via}));
		const flows = await flowsOf(testbed, {from: ['outside', 'pod'], to, counts: 50}, await expectations(testbed));
		await testbed.settled();

		testbed.step('50 connections and datagrams of each client');
		judgeAffinity(testbed, await sendFlows(testbed, `Address ${ip} of MetalLB`, flows));
	},
);
