import {continueDaemon, stopDaemon} from '../change/daemon.ts';
import type {ClusterFault} from './tools/fault.ts';

const fault: ClusterFault = {
	title: 'the speakers of MetalLB hang on all nodes',
	layer: 'lb',
	on: 'cluster',
	when: 'settled',
	applies: () => ({ok: true, how: 'SIGSTOP'}),
	plan: async ({nodes}) =>
		Promise.resolve({
			inject: nodes.map(({name}) => stopDaemon(name, 'speaker')),
			undo: nodes.map(({name}) => continueDaemon(name, 'speaker')),
		}),
};

export default fault;
