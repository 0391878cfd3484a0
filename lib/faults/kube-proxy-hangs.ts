import type {NodeFault} from './tools/fault.ts';

const fault: NodeFault = {
	title: 'kube-proxy of one node hangs',
	layer: 'kube-proxy',
	on: 'node',
	when: 'settled',
	stopsKubeProxy: true,
	applies: ({mode}) => ({ok: true, how: mode}),
	plan: () => Promise.resolve({inject: [], undo: []}),
};

export default fault;
