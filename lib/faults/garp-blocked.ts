import {TRAITS} from '../model/modes/traits.ts';
import type {Testbed, TestNode} from '../testbed/testbed.ts';
import type {Command} from '../change/command.ts';
import type {ClusterFault, Plan} from './tools/fault.ts';
import {balancerAddress} from './tools/balancer-address.ts';

const TABLE = 'netdev vipcheck-garp';

/** What a node sends to everybody about an address, unasked, is dropped on its way out (nft's egress hook, Linux 5.16). */
const block = ({name, ip: own}: TestNode, address: string): Command => ({
	kind: 'run',
	node: name,
	argv: [
		'sh',
		'-c',
		`nft -f - <<END
table ${TABLE} {
	chain out {
		type filter hook egress device "$(ip -oneline address show to "$1" | awk '{print $2; exit}')" priority 0;
		ether daddr ff:ff:ff:ff:ff:ff arp saddr ip $2 drop
	}
}
END`,
		'block',
		own,
		address,
	],
});

/** Adding it first makes deleting one that is not there no error. */
const unblock = ({name}: TestNode): Command => ({
	kind: 'run',
	node: name,
	argv: ['nft', `add table ${TABLE}; delete table ${TABLE}`],
});

const plan = async (testbed: Testbed): Promise<Plan> => {
	const address = await balancerAddress(testbed);
	return {inject: testbed.nodes.map(node => block(node, address)), undo: testbed.nodes.map(node => unblock(node))};
};

const fault: ClusterFault = {
	title: 'gratuitous ARP for the address of the load balancer does not leave the nodes',
	layer: 'link',
	on: 'cluster',
	when: 'settled',
	applies: ({mode}) =>
		// On a host without IPVS the nodes have kernels of their own.
		TRAITS[mode].needsIpvs
			? {ok: false, why: 'nodes with a kernel of their own have no nftables'}
			: {ok: true, how: "nft's egress hook"},
	plan,
};

export default fault;
