import {proxyConfig} from '../change/proxy-config.ts';
import type {Mode} from '../target.ts';
import type {NodeFault} from './tools/fault.ts';

/** One that every kernel has which has the other. */
const OTHER: Readonly<Record<Mode, Mode>> = {iptables: 'nftables', nftables: 'iptables', ipvs: 'iptables'};

const fault: NodeFault = {
	title: 'kube-proxy of one node runs in another mode',
	layer: 'kube-proxy',
	on: 'node',
	when: 'settled',
	stopsKubeProxy: false,
	applies: ({mode}) => ({ok: true, how: `mode ${OTHER[mode]} by a configuration of its own`}),
	async plan({kube, nodes, mode}, {name}) {
		const {make, undo} = await proxyConfig(kube, nodes, {mode: OTHER[mode]}, name);
		return {inject: make, undo};
	},
};

export default fault;
