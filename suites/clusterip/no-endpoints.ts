import check from '../../lib/check/check.ts';
import {expectations} from '../../lib/check/expectations.ts';
import {sendFlows} from '../../lib/check/flows.ts';
import {programmed} from '../../lib/check/programmed.ts';
import {service} from '../../lib/check/workloads.ts';

/** The refusal is an ICMP message, and the kernel sends one client at most 6 at once, then one a second (net.ipv4.icmp_ratelimit): TCP and UDP together stay below. */
const COUNT = 2;

/**
 * Over IPv6 a TCP client on the node, pod or not, hears of the refusal only at its second SYN, 1.0 s after the first (measured, Linux 6.18:
 * the first ICMPv6 error comes while the client's socket is still held by its own connect).
 */
const SECOND_SYN_MS = 1500;

export default check({
	title: 'A Service without endpoints refuses at once, TCP and UDP, instead of leaving the client to a timeout',
	refs: ['https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/proxy/iptables/proxier.go', 'https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/proxy/nftables/proxier.go'],
	needs: ['node-access'],
	faults: ['M24'],
}, async testbed => {
	testbed.step('a Service whose selector matches no pod');
	const {clusterIp} = await service(testbed, {name: 'nobody', selector: {app: 'nobody'}, ports: [{name: 'tcp', port: 80, targetPort: 8080}, {name: 'udp', port: 81, targetPort: 8081, protocol: 'UDP'}]});
	testbed.step('every node has the rules that refuse');
	await programmed(testbed, 'nobody');
	const expected = await expectations(testbed);
	await testbed.settled();

	testbed.step(`${COUNT} connections each, from a pod and from the host network of each node`);
	const destinations = [{protocol: 'TCP', port: 80}, {protocol: 'UDP', port: 81}] as const;
	const flows = await Promise.all(testbed.nodes.flatMap(node => [
		{place: 'from a pod', kind: 'pod' as const, opening: testbed.vantage.pod(node.name)},
		{place: 'from the node', kind: 'node' as const, opening: testbed.vantage.node(node.name)},
	].flatMap(({place, kind, opening}) => destinations.map(async ({protocol, port}) => {
		const from = await opening;
		const withinMs = testbed.family === 'ipv6' && protocol === 'TCP' ? SECOND_SYN_MS : undefined;
		const to = {ip: clusterIp, port, protocol};
		return {row: node.name, column: `${protocol} ${place}`, from, to, count: COUNT, node: node.name, expected: expected.of({node, kind, from, to}, withinMs)};
	}))));
	await sendFlows(testbed, `ClusterIP ${clusterIp} without endpoints`, flows);
});
