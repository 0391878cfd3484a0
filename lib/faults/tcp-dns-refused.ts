import type {Command} from '../change/command.ts';
import {ipFamilyOf} from '../ip.ts';
import type {TestNode, Testbed} from '../testbed/testbed.ts';
import {firstOf} from './tools/choices.ts';
import type {NodeFault, Plan} from './tools/fault.ts';

/** What the node's own pods send, not what comes for DNS servers there; refused, as glibc waits minutes for a connection. */
const plan = async ({kube, family}: Testbed, {name}: TestNode): Promise<Plan> => {
	const {spec} = await kube.core.readNode({name});
	const pods = firstOf(
		(spec?.podCIDRs ?? []).filter(cidr => ipFamilyOf(cidr.split('/')[0] ?? '') === family),
		`no range of pods of ${name}`,
	);
	const rule = ['FORWARD', '-s', pods, '-p', 'tcp', '--dport', '53', '-j', 'REJECT'];
	const iptables = [family === 'ipv6' ? 'ip6tables' : 'iptables', '-w', '-t', 'filter'];
	const run = (...argv: readonly string[]): Command => ({kind: 'run', node: name, argv});
	return {
		inject: [run(...iptables, '-I', ...rule)],
		undo: [run('sh', '-c', 'while "$@" 2>/dev/null; do :; done', 'delete', ...iptables, '-D', ...rule)],
	};
};

const fault: NodeFault = {
	title: "one node's firewall refuses DNS over TCP to its pods",
	layer: 'host-firewall',
	on: 'node',
	when: 'settled',
	stopsKubeProxy: false,
	applies: () => ({ok: true, how: 'a rule of iptables'}),
	plan,
};

export default fault;
