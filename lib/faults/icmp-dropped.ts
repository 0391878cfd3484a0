import type {TestNode, Testbed} from '../testbed/testbed.ts';
import {firstOf} from './tools/choices.ts';
import type {NodeFault} from './tools/fault.ts';

const TABLE = 'vipcheck-icmp';
const RULES = `table inet ${TABLE} {
	chain forward {
		type filter hook forward priority filter;
		icmp type destination-unreachable drop
		icmpv6 type { destination-unreachable, packet-too-big } drop
	}
}
`;

/** Where no backend is: what is said of one comes in by the cable. */
const choose = async ({kube, namespace, nodes}: Testbed): Promise<TestNode> => {
	const {items} = await kube.core.listNamespacedPod({namespace});
	return firstOf(
		nodes.filter(({name}) => !items.some(({spec}) => spec?.nodeName === name)).toReversed(),
		`no node without a pod of ${namespace}`,
	);
};

const fault: NodeFault = {
	title: "one node's firewall drops the messages of routers and hosts on their way to its pods",
	layer: 'host-firewall',
	on: 'node',
	when: 'settled',
	stopsKubeProxy: false,
	applies: ({mode}) => ({ok: true, how: mode}),
	choose,
	plan: (_, {name}) =>
		Promise.resolve({
			inject: [{kind: 'run', node: name, argv: ['nft', '-f', '-'], stdin: RULES}],
			undo: [{kind: 'run', node: name, argv: ['nft', '-f', '-'], stdin: `add table inet ${TABLE}\ndelete table inet ${TABLE}\n`}],
		}),
};

export default fault;
