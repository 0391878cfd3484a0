import type {TestNode, Testbed} from '../check/testbed.ts';
import type {Command} from '../check/change/command.ts';
import {inModes, type NodeFault, type Plan} from './fault.ts';

const run = (node: TestNode, script: string): Command => ({kind: 'run', node: node.name, argv: ['sh', '-c', script]});

/** As a change of mode leaves them whose old kube-proxy never came to clean up. */
const plan = async ({mode}: Testbed, node: TestNode): Promise<Plan> => Promise.resolve(mode === 'nftables'
	? {
		inject: [run(node, 'iptables -w -t nat -N KUBE-SVC-VIPCHECKLEFTOVER && iptables -w -t nat -A KUBE-SVC-VIPCHECKLEFTOVER -j RETURN')],
		undo: [run(node, 'iptables -w -t nat -F KUBE-SVC-VIPCHECKLEFTOVER 2>/dev/null; iptables -w -t nat -X KUBE-SVC-VIPCHECKLEFTOVER 2>/dev/null; true')],
	}
	: {inject: [run(node, 'nft "add table ip kube-proxy; add chain ip kube-proxy services"')], undo: [run(node, 'nft "add table ip kube-proxy; delete table ip kube-proxy"')]});

const fault: NodeFault = {
	id: 'M23',
	title: 'one node holds rules of another mode',
	layer: 'rules',
	on: 'node',
	when: 'settled',
	// kube-proxy of nftables mode takes chains of iptables mode away when it starts, not later.
	stopsKubeProxy: false,
	applies: inModes('iptables', 'nftables'),
	plan,
};

export default fault;
