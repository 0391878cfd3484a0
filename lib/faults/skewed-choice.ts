import {choosingRules, choosingServers, redrawn} from './tools/choices.ts';
import {take, type Edit} from './tools/edit.ts';
import {ruleFault, type Breach} from './tools/rule-fault.ts';

/** Without the first rule that chooses. */
const unasked: Breach = (graph, namespace) => choosingRules(graph, namespace, 2).slice(0, 1).map(take);

/** With the last branch leading where the first does. */
const skewed: Breach = (graph, namespace) => [
	redrawn(graph, namespace, 2, branches => [...branches.slice(0, -1), ...branches.slice(0, 1)]),
];

/** With the last real server at weight 0. */
const weightless: Breach = (graph, namespace) =>
	choosingServers(graph, namespace, 2).flatMap((servers): readonly Edit[] =>
		servers.slice(-1).map(({where, part}) => ({kind: 'change', where, part, to: part.text.replace(/-w \d+$/, '-w 0')})),
	);

export const skewedChoice = {iptables: unasked, nftables: skewed, ipvs: weightless} as const;

export default ruleFault('one node never chooses one of the endpoints', skewedChoice);
