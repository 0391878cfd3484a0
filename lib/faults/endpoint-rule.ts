import {choosingRules, choosingServers, firstOf, redrawn} from './tools/choices.ts';
import {take, type Edit} from './tools/edit.ts';
import {ruleFault, type Breach} from './tools/rule-fault.ts';

/** The DNAT rule of the endpoint that is asked last: what falls through an earlier one would be taken by those after it. */
const withoutDnat: Breach = (graph, namespace) => {
	const where = `nat ${choosingRules(graph, namespace, 1).at(-1)?.part.share?.to}`;
	const rules = (graph.get(where)?.parts ?? []).filter(({pieces}) => pieces.at(-1)?.startsWith('-j DNAT'));
	return [take({where, part: firstOf(rules, `no DNAT rule in ${where}`)})];
};

/** The last branch leads nowhere: its share finds nothing. */
const withoutLastBranch: Breach = (graph, namespace) => [redrawn(graph, namespace, 2, branches => branches.slice(0, -1))];

/** The last real server gets its packets as they are (`-g`): nobody there has the Service's address. */
const untranslated: Breach = (graph, namespace) =>
	choosingServers(graph, namespace, 1).flatMap((servers): readonly Edit[] =>
		servers.slice(-1).map(({where, part}) => ({kind: 'change', where, part, to: part.text.replace(' -m ', ' -g ')})),
	);

export const endpointRule = {iptables: withoutDnat, nftables: withoutLastBranch, ipvs: untranslated} as const;

export default ruleFault('one endpoint is chosen but not translated to on one node', endpointRule);
