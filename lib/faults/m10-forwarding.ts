import type {Command} from '../check/change/command.ts';
import type {TestNode, Testbed} from '../check/testbed.ts';
import {inModes, type NodeFault, type Plan} from './fault.ts';

const KEYS = {ipv4: 'net.ipv4.ip_forward', ipv6: 'net.ipv6.conf.all.forwarding'} as const;

const plan = async ({family}: Testbed, {name}: TestNode): Promise<Plan> => {
	const set = (value: 0 | 1): Command => ({kind: 'run', node: name, argv: ['sysctl', '-q', '-w', `${KEYS[family]}=${value}`]});
	return Promise.resolve({inject: [set(0)], undo: [set(1)]});
};

const fault: NodeFault = {
	id: 'M10',
	title: 'the kernel of one node forwards nothing',
	layer: 'sysctl',
	on: 'node',
	when: 'settled',
	// It sets what it needs when it starts, not later.
	stopsKubeProxy: false,
	applies: inModes('iptables', 'nftables'),
	plan,
};

export default fault;
