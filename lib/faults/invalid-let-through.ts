import {take, type Found} from './tools/edit.ts';
import {ruleFault, type Breach} from './tools/rule-fault.ts';

/** The rule that drops what belongs to no connection. */
export const invalidLetThrough: Breach = graph =>
	[...graph.values()]
		.filter(({where}) => where === 'filter KUBE-FORWARD')
		.flatMap(({where, parts}): readonly Found[] => parts.filter(({text}) => text.includes('INVALID')).map(part => ({where, part})))
		.map(take);

export default ruleFault('one node lets through what belongs to no connection', {iptables: invalidLetThrough});
