import {partsFor, take} from './tools/edit.ts';
import {ruleFault, type Breach} from './tools/rule-fault.ts';

/** One member of each set, one of the namespace's Services'. */
export const setEntryGone: Breach = (graph, namespace) =>
	[
		...Map.groupBy(
			partsFor(graph, namespace).filter(({where}) => where.startsWith('ipset ')),
			({where}) => where,
		).values(),
	].flatMap(([first]) => (first ? [take(first)] : []));

export default ruleFault('one node lacks a member of each ipset', {ipvs: setEntryGone});
