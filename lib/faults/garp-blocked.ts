import type {Testbed, TestNode} from '../testbed/testbed.ts';
import type {Command} from '../change/command.ts';
import {dropClaims} from '../change/domain.ts';
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

/** At the switch where the provider gives a hold on it: a node with a kernel of its own has no nftables. */
const plan = async (testbed: Testbed): Promise<Plan> => {
	const address = await balancerAddress(testbed);
	const each = testbed.nodes.map((node): Plan => {
		if (!node.domain) return {inject: [block(node, address)], undo: [unblock(node)]};
		const {make: inject, undo} = dropClaims(node, address);
		return {inject, undo};
	});
	return {inject: each.flatMap(({inject}) => inject), undo: each.flatMap(({undo}) => undo)};
};

const fault: ClusterFault = {
	title: 'gratuitous ARP for the address of the load balancer does not leave the nodes',
	layer: 'link',
	on: 'cluster',
	when: 'settled',
	applies: () => ({ok: true, how: "nft's hooks of the switch, or of the node"}),
	plan,
};

export default fault;
