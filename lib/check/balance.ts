import {balance, roundRobin} from '../probe/balance.ts';
import {describeCounts} from '../probe/tally.ts';
import type {Dial} from '../probe/vantage.ts';
import {reproduceLine, type Flow} from './flows.ts';
import {Violation} from './problem.ts';
import type {Testbed} from './testbed.ts';

type Batch = Pick<Flow, 'from' | 'to' | 'node'> & {readonly name: string; readonly dials: readonly Dial[]; readonly backends: readonly string[]};

/** ipvs deals connections out in turn (its default scheduler is rr), the other modes draw each endpoint with the same probability (kube-proxy.md, balance). */
const verdictOf = ({mode}: Testbed, {dials, backends}: Batch) => {
	if (mode === 'ipvs') return {...roundRobin(dials, backends), figure: undefined};
	const result = balance(dials, Object.fromEntries(backends.map(name => [name, 1])));
	return {...result, figure: result.p};
};

/** Tests every batch for the balance that the mode promises and reports the figures. Throws a Violation that names each batch and node that fails. */
export const judgeBalance = (testbed: Testbed, batches: readonly Batch[]): void => {
	const judged = batches.map(batch => ({...batch, ...verdictOf(testbed, batch)}));
	const backends = [...new Set(batches.flatMap(batch => batch.backends))];
	testbed.grid({
		title: 'Answers of each backend', columns: [...backends, 'verdict'],
		rows: judged.map(({name, counts, ok, figure}) => ({name, cells: [
			...backends.map(backend => ({mark: ok ? '.' as const : 'X' as const, text: String(counts.get(backend) ?? 0)})),
			{mark: ok ? '.' as const : 'X' as const, text: figure === undefined ? 'in turn' : `p ${figure < 0.001 ? figure.toExponential(1) : figure.toFixed(3)}`},
		]})),
	});
	const bad = judged.filter(({ok}) => !ok);
	if (bad.length === 0) return;
	const nodes = [...new Set(bad.map(({node}) => node))];
	throw new Violation({
		summary: `connections are not spread as they must be, on ${nodes.join(', ')}`,
		expected: testbed.mode === 'ipvs' ? 'each endpoint in turn' : `each of ${backends.length} endpoints with the same probability (chi-square test, false alarm once in a million)`,
		observed: bad.map(({name, verdict, counts}) => `${name}: ${verdict || describeCounts(counts)}`).join('\n'),
		nodes,
		reproduce: bad.slice(0, 2).map(batch => `for i in $(seq 100); do ${reproduceLine(batch).replace(/ {3}#.*/, '')}; echo; done | sort | uniq -c   # from ${batch.from.name}`),
	});
};
