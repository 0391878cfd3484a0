import {partsFor, type Edit} from './tools/edit.ts';
import {ruleFault, type Breach} from './tools/rule-fault.ts';

/** What the API server puts where nobody asks for another time, and longer than any check lasts. */
const SECONDS = 10_800;

/** Before the rules that ask who came within the Service's time, the same that ask for a longer one. */
const asking: Breach = (graph, namespace) =>
	partsFor(graph, namespace)
		.filter(({where, part}) => where.startsWith('nat KUBE-SV') && part.role === 'affinity')
		.map(({where, part}): Edit => ({kind: 'add', where, text: part.text.replace(/--seconds \d+/, `--seconds ${SECONDS}`)}));

/** The rules that note a client give it another time than the set has. */
const noting: Breach = (graph, namespace) =>
	partsFor(graph, namespace)
		.filter(({where, part}) => / chain endpoint-/.test(where) && part.role === 'affinity')
		.map(({where, part}): Edit => ({kind: 'change', where, part, to: part.text.replace(/ \}$/, ` timeout ${SECONDS}s }`)}));

const persistence: Breach = (graph, namespace) =>
	partsFor(graph, namespace)
		.filter(({where, part}) => where.startsWith('ipvs ') && part.role === 'affinity')
		.map(({where, part}): Edit => ({kind: 'change', where, part, to: part.text.replace(/-p \d+/, `-p ${SECONDS}`)}));

export const affinityLonger = {iptables: asking, nftables: noting, ipvs: persistence} as const;

export default ruleFault('one node remembers clients for longer than the Service says', affinityLonger);
