import check from '../../lib/check/check.ts';
import {expectations} from '../../lib/testbed/expectations.ts';
import {flowsOf} from '../../lib/testbed/flows-of.ts';
import {sendFlows} from '../../lib/testbed/flows.ts';
import {hostPortExpectations} from '../../lib/testbed/host-port-expectations.ts';
import {lastWorker} from '../../lib/testbed/last-worker.ts';
import {programmed} from '../../lib/testbed/programmed.ts';
import {echoPods, service} from '../../lib/testbed/workloads.ts';

export default check(
	{
		title: "An external IP that is a node's own address serves the Service, and keeps nobody from what else listens on that node",
		why:
			"In ipvs mode an external IP that is a node's address is bound on every node, and that node becomes NotReady " +
			"(kubernetes#104679). In the other modes it must take the Service's port alone, or SSH and kubelet go with it.",
		refs: ['https://github.com/kubernetes/kubernetes/issues/104679'],
		// In ipvs mode kube-proxy binds an external IP on every node: all claim that node's address by ARP, and the cluster loses the node.
		modes: ['iptables', 'nftables'],
		needs: ['node-access', 'outside-host'],
		faults: ['dispatch'],
	},
	async testbed => {
		const node = lastWorker(testbed);
		const [tcp = 0, udp = 0] = await testbed.lease('host-port', 2);
		await Promise.all([
			echoPods(testbed, {name: 'echo', replicas: 2}),
			echoPods(testbed, {
				name: 'host',
				replicas: testbed.workers.length,
				hostNetwork: true,
				ports: {tcp: ['http', tcp], udp: ['udp', udp]},
			}),
		]);
		const ports = [{name: 'http', port: 80, targetPort: 8080}];
		await service(testbed, {name: 'echo', selector: {app: 'echo'}, ports, externalIPs: [node.ip]});
		await programmed(testbed, 'echo');
		const wish = {from: ['outside', 'pod', 'node'] as const, counts: 30};
		const flows = [
			...(await flowsOf(testbed, {...wish, to: [{name: 'the Service', ip: node.ip, port: 80}]}, await expectations(testbed))),
			...(await flowsOf(testbed, {...wish, to: [{name: 'the node', ip: node.ip, port: tcp}]}, await hostPortExpectations(testbed))),
		];
		await testbed.settled();

		testbed.step(`30 new connections from each place to the Service at ${node.ip}, and to a program of ${node.name}`);
		await sendFlows(testbed, `External IP ${node.ip} of ${node.name}`, flows);
	},
);
