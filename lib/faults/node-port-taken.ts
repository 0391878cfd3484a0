import type {Testbed, TestNode} from '../testbed/testbed.ts';
import {endProgram, startProgram} from './tools/background.ts';
import {firstOf} from './tools/choices.ts';
import type {NodeFault, Plan} from './tools/fault.ts';

const NAME = 'node-port-taken';
/** At all addresses of both families, as kube-proxy itself did up to 1.26. */
export const LISTENS = 'require("node:net").createServer().listen(Number(process.argv[1]))';

const plan = async ({kube, namespace}: Testbed, {name}: TestNode): Promise<Plan> => {
	const {items} = await kube.core.listNamespacedService({namespace});
	const port = firstOf(
		items.flatMap(({spec}) => (spec?.ports ?? []).flatMap(({nodePort}) => nodePort ?? [])),
		`no node port in ${namespace}`,
	);
	return {inject: [startProgram(name, NAME, ['node', '-e', LISTENS, String(port)])], undo: [endProgram(name, NAME)]};
};

const fault: NodeFault = {
	title: 'a program of one node listens at a node port',
	layer: 'kube-proxy',
	on: 'node',
	when: 'settled',
	stopsKubeProxy: false,
	applies: () => ({ok: true, how: 'a socket'}),
	plan,
};

export default fault;
