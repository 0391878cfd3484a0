import {proxyConfig} from '../change/proxy-config.ts';
import {TRAITS} from '../model/modes/traits.ts';
import type {NodeFault} from './tools/fault.ts';

const fault: NodeFault = {
	title: 'kube-proxy of one node runs in another mode',
	layer: 'kube-proxy',
	on: 'node',
	when: 'settled',
	stopsKubeProxy: false,
	applies: ({mode}) => ({ok: true, how: `mode ${TRAITS[mode].other} by a configuration of its own`}),
	async plan({kube, nodes, mode}, {name}) {
		const {make, undo} = await proxyConfig(kube, nodes, {mode: TRAITS[mode].other}, name);
		return {inject: make, undo};
	},
};

export default fault;
