import type {Edit} from './tools/edit.ts';
import {ruleFault, type Breach} from './tools/rule-fault.ts';

/** Then netfilter does not know the connections of ipvs: nothing of them is masqueraded. */
export const untracked: Breach = graph =>
	(graph.get('sysctl')?.parts ?? [])
		.filter(({pieces: [name]}) => name === 'net.ipv4.vs.conntrack')
		.map((part): Edit => ({kind: 'change', where: 'sysctl', part, to: '0'}));

export default {...ruleFault('the kernel of one node does not track the connections of ipvs', {ipvs: untracked}), layer: 'sysctl'} as const;
