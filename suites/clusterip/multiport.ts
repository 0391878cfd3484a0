import check from '../../lib/check/check.ts';
import {expectations} from '../../lib/testbed/expectations.ts';
import {flowsOf} from '../../lib/testbed/flows-of.ts';
import {sendFlows} from '../../lib/testbed/flows.ts';
import {programmed} from '../../lib/testbed/programmed.ts';
import {echoPods, service} from '../../lib/testbed/workloads.ts';

export default check(
	{
		title: 'Each port of a Service with several reaches its own target and no other, also where TCP and UDP have the same number',
		why:
			'If one port leads to the target of another, metrics are scraped from the wrong listener and plain HTTP meets TLS. Clients ' +
			'see errors of protocol in place of timeouts, by the nodes that have the wrong rule.',
		refs: ['https://kubernetes.io/docs/concepts/services-networking/service/#multi-port-services'],
		needs: ['node-access'],
		faults: ['dispatch-one-port', 'endpoint-rule'],
	},
	async testbed => {
		testbed.step('pods a and b, whose ports have other names, behind one Service that tells them apart by these names');
		const labels = {group: 'echo'};
		await Promise.all([
			echoPods(testbed, {name: 'a', replicas: 2, labels, ports: {tcp: ['a-tcp', 8080], udp: ['a-udp', 8081]}}),
			echoPods(testbed, {name: 'b', replicas: 2, labels, ports: {tcp: ['b-tcp', 9080], udp: ['b-udp', 9081]}}),
		]);
		const {clusterIp} = await service(testbed, {
			name: 'echo',
			selector: labels,
			ports: [
				{name: 'a', port: 80, targetPort: 'a-tcp'},
				{name: 'b', port: 81, targetPort: 'b-tcp'},
				{name: 'b-datagrams', port: 80, targetPort: 'b-udp', protocol: 'UDP'},
			],
		});
		await programmed(testbed, 'echo');
		const to = [
			{name: 'a: 80 TCP', ip: clusterIp, port: 80},
			{name: 'b: 81 TCP', ip: clusterIp, port: 81},
			{name: 'b: 80 UDP', ip: clusterIp, port: 80, protocol: 'UDP' as const},
		];
		const flows = await flowsOf(testbed, {from: ['pod', 'node'], to, counts: 60}, await expectations(testbed));
		await testbed.settled();

		testbed.step('60 new connections to each port');
		await sendFlows(testbed, `Ports of ${clusterIp}`, flows);
	},
);
