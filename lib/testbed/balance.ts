import {PROXY_MODES} from '../model/modes/modes.ts';
import {balance, roundRobin} from '../probe/balance.ts';
import {describeCounts} from '../probe/tally.ts';
import type {Dial} from '../probe/vantage.ts';
import {reproduceLine, type Sent} from './flows.ts';
import {Violation} from '../record/problem.ts';
import type {Testbed} from './testbed.ts';

type Batch = Sent & {readonly name: string; readonly backends: readonly string[]};

/**
 * Those that were dealt out anew. A datagram from a port that another one came from before goes where that one went, as long as the kernel
 * remembers it, and of some hundred ports chosen by chance some are the same.
 */
export const dealtAnew = ({dials, to}: Pick<Sent, 'dials' | 'to'>): readonly Dial[] => {
	if (to.protocol !== 'UDP') return dials;
	const ports = new Set<number>();
	return dials
		.toSorted((a, b) => a.at - b.at)
		.filter(({localPort}) => localPort === undefined || (!ports.has(localPort) && ports.add(localPort)));
};

const batchOf = (flow: Sent): Batch => ({
	...flow,
	dials: dealtAnew(flow),
	name: `${flow.row} → ${flow.column}`,
	backends: flow.expected.outcome === 'answered' ? flow.expected.by : [],
});

/** ipvs deals connections out in turn (its default scheduler is rr), the other modes draw each endpoint with the same probability. */
const isInTurn = (mode: Testbed['mode']): boolean => PROXY_MODES[mode].traits.choice === 'scheduler';

const verdictOf = ({mode}: Testbed, {dials, backends}: Batch) => {
	if (isInTurn(mode)) return {...roundRobin(dials, backends), figure: undefined};
	const result = balance(dials, Object.fromEntries(backends.map(name => [name, 1])));
	return {...result, figure: result.p};
};

/** Standard deviations that a normal variable leaves once in a million times, on either side (MAX_FALSE_ALARM). */
const DEVIATIONS = 4.892;

/** What one of k backends gets of n connections that are drawn: n/k and its binomial deviation. The verdict is the chi-square test's. */
const chanceBand = (n: number, k: number) => {
	const [mean, room] = [n / k, DEVIATIONS * Math.sqrt((n / k) * (1 - 1 / k))];
	return {from: Math.max(0, Math.round(mean - room)), to: Math.min(n, Math.round(mean + room))};
};

const turnBand = (n: number, k: number) => ({from: Math.floor(n / k), to: Math.ceil(n / k)});

/**
 * Tests what every flow has brought for the balance that the mode promises and reports the figures. Throws a Violation that names each
 * batch and node that fails.
 */
export const judgeBalance = (testbed: Testbed, sent: readonly Sent[]): void => {
	const batches = sent.map(flow => batchOf(flow));
	const judged = batches.map(batch => ({...batch, ...verdictOf(testbed, batch)}));
	const backends = [...new Set(batches.flatMap(batch => batch.backends))];
	testbed.grid({
		title: 'Answers of each backend',
		columns: [...backends, 'verdict'],
		rows: judged.map(({name, counts, ok, figure}) => ({
			name,
			cells: [
				...backends.map(backend => ({mark: ok ? ('.' as const) : ('X' as const), text: String(counts.get(backend) ?? 0)})),
				{
					mark: ok ? ('.' as const) : ('X' as const),
					text: figure === undefined ? 'in turn' : `p ${figure < 0.001 ? figure.toExponential(1) : figure.toFixed(3)}`,
				},
			],
		})),
	});
	testbed.chart({
		kind: 'shares',
		title: 'Answers of each backend',
		band: isInTurn(testbed.mode)
			? 'the same for each, give or take one'
			: 'where chance leaves a backend, but for one batch in a million',
		rows: judged.map(({name, counts, ok, figure, dials}) => ({
			name,
			ok,
			verdict: figure === undefined ? 'in turn' : `p ${figure < 0.001 ? figure.toExponential(1) : figure.toFixed(3)}`,
			...(isInTurn(testbed.mode) ? turnBand : chanceBand)(dials.length, backends.length),
			bars: [...counts].map(([backend, value]) => ({name: backend, value})),
		})),
	});
	const bad = judged.filter(({ok}) => !ok);
	if (bad.length === 0) return;
	const nodes = [...new Set(bad.map(({node}) => node))];
	throw new Violation({
		summary: `connections are not spread as they must be, on ${nodes.join(', ')}`,
		expected: isInTurn(testbed.mode)
			? 'each endpoint in turn'
			: `each of ${backends.length} endpoints with the same probability (chi-square test, false alarm once in a million)`,
		observed: bad.map(({name, verdict, counts}) => `${name}: ${verdict || describeCounts(counts)}`).join('\n'),
		nodes,
		reproduce: bad
			.slice(0, 2)
			.map(
				batch =>
					`for i in $(seq 100); do ${reproduceLine(batch).replace(/ {3}#.*/, '')}; echo; done | sort | uniq -c   # ` +
					`from ${batch.from.name}`,
			),
	});
};
