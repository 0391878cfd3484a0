import type {TestNode, Testbed} from '../testbed/testbed.ts';
import {TRAITS} from '../model/modes/traits.ts';
import type {Command} from '../change/command.ts';
import type {NodeFault, Plan} from './tools/fault.ts';

const run = (node: TestNode, script: string): Command => ({kind: 'run', node: node.name, argv: ['sh', '-c', script]});

type Scripts = {readonly inject: string; readonly undo: string};

const CHAIN = 'KUBE-SVC-VIPCHECKLEFTOVER';
const OF_IPTABLES: Scripts = {
	inject: `iptables -w -t nat -N ${CHAIN} && iptables -w -t nat -A ${CHAIN} -j RETURN`,
	undo: `iptables -w -t nat -F ${CHAIN} 2>/dev/null; iptables -w -t nat -X ${CHAIN} 2>/dev/null; true`,
};
const OF_NFTABLES: Scripts = {
	inject: 'nft "add table ip kube-proxy; add chain ip kube-proxy services"',
	undo: 'nft "add table ip kube-proxy; delete table ip kube-proxy"',
};

/** As a change of mode leaves them whose old kube-proxy never came to clean up: in each mode those of the other. */
const leftIn = (mode: Testbed['mode']): Scripts => (TRAITS[TRAITS[mode].other].needsNfTables ? OF_NFTABLES : OF_IPTABLES);

const plan = async ({mode}: Testbed, node: TestNode): Promise<Plan> => {
	const {inject, undo} = leftIn(mode);
	return Promise.resolve({inject: [run(node, inject)], undo: [run(node, undo)]});
};

const fault: NodeFault = {
	title: 'one node holds rules of another mode',
	layer: 'rules',
	on: 'node',
	when: 'settled',
	// kube-proxy of nftables mode takes chains of iptables mode away when it starts, not later.
	stopsKubeProxy: false,
	applies: ({mode}) => ({ok: true, how: mode}),
	plan,
};

export default fault;
