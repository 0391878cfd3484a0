import type {Command} from '../change/command.ts';
import {ofFamily} from '../ip.ts';
import type {TestNode, Testbed} from '../testbed/testbed.ts';
import {firstOf} from './tools/choices.ts';
import type {NodeFault, Plan} from './tools/fault.ts';

const plan = async ({kube, namespace, family}: Testbed, {name}: TestNode): Promise<Plan> => {
	const {items} = await kube.core.listNamespacedService({namespace});
	const ip = firstOf(
		items.flatMap(({spec}) => ofFamily(spec?.clusterIPs ?? [], family) ?? []),
		`no cluster address in ${namespace}`,
	);
	const address = `${ip}/${family === 'ipv6' ? 128 : 32}`;
	const run = (...argv: readonly string[]): Command => ({kind: 'run', node: name, argv});
	return {
		inject: [run('ip', 'address', 'add', address, 'dev', 'lo')],
		undo: [run('sh', '-c', 'ip address del "$1" dev lo 2>/dev/null; true', 'del', address)],
	};
};

const fault: NodeFault = {
	title: 'somebody has given one node the address of a Service',
	layer: 'link',
	on: 'node',
	when: 'settled',
	stopsKubeProxy: false,
	applies: ({mode}) => ({ok: true, how: mode}),
	plan,
};

export default fault;
