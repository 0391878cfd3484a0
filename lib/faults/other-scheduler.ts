import {containersFor, type Edit} from './tools/edit.ts';
import {ruleFault, type Breach} from './tools/rule-fault.ts';

/** Each virtual server of the namespace's Services deals by source address, or where it did, in turn. */
export const otherScheduler: Breach = (graph, namespace) =>
	containersFor(graph, namespace)
		.filter(({where}) => where.startsWith('ipvs '))
		.flatMap(({where, parts}): readonly Edit[] =>
			parts
				.filter(({pieces: [option]}) => option === '-s')
				.map(part => ({kind: 'change', where, part, to: part.text === '-s sh' ? '-s rr' : '-s sh'})),
		);

export default ruleFault('the virtual servers of one node have another scheduler', {ipvs: otherScheduler});
