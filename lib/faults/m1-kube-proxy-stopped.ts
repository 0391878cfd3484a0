import {inModes, type NodeFault} from './fault.ts';

const fault: NodeFault = {
	id: 'M1',
	title: 'kube-proxy of one node hangs before the Service is made',
	layer: 'kube-proxy',
	on: 'node',
	when: 'before-body',
	stopsKubeProxy: true,
	applies: inModes('iptables', 'nftables', 'ipvs'),
	plan: () => Promise.resolve({inject: [], undo: []}),
};

export default fault;
