/**
 * How often chance alone turns a check red that judges shares by chi-square, by what runs saw: of a healthy balancer the probabilities p
 * that its batches had are spread evenly from 0 to 1, and one below MAX_FALSE_ALARM is a false alarm.
 * usage: node bench/false-alarms.ts RUN_DIRECTORY...
 */
import {readFile} from 'node:fs/promises';
import {MAX_FALSE_ALARM} from '../lib/probe/balance.ts';
import {chiSquareTail} from '../lib/probe/chi-square.ts';
import {eventsFile} from '../lib/record/append.ts';
import {parseEvents} from '../lib/record/fold.ts';

const BINS = 10;
/** ipvs deals connections out in turn: more evenly than chance. */
const IN_TURN = /\/ipvs\//;

/** Of two backends the same few probabilities come again and again. */
const LEAST_BACKENDS = 3;

/** Probabilities of the batches of a run. */
const batchesOf = async (dir: string): Promise<readonly number[]> =>
	parseEvents(await readFile(eventsFile(dir), 'utf8')).flatMap(event =>
		event.type === 'check-chart' && event.chart.kind === 'shares' && !IN_TURN.test(event.target)
			? event.chart.rows
					.flatMap(({verdict, bars}) =>
						bars.length < LEAST_BACKENDS ? [] : (/^p (?<p>\S+)$/.exec(verdict)?.groups?.['p'] ?? []),
					)
					.map(Number)
			: [],
	);

const runs = await Promise.all(process.argv.slice(2).map(async dir => batchesOf(dir)));
const all = runs.flat();
if (all.length < BINS * 5) throw new RangeError(`${all.length} batches say nothing: give runs with clusterip/balancing and the like`);
const bins = Array.from({length: BINS}, (_, bin) => all.filter(p => Math.min(Math.floor(p * BINS), BINS - 1) === bin).length);
const even = all.length / BINS;
const chi2 = bins.reduce((sum, count) => sum + (count - even) ** 2 / even, 0);
console.log(`${all.length} batches in ${runs.length} runs, at most ${Math.max(...runs.map(run => run.length))} in one`);
console.log(
	`least p ${Math.min(...all)}; below 0.01: ${all.filter(p => p < 0.01).length}, ${(all.length / 100).toFixed(1)} are due to chance`,
);
console.log(`by tenths: ${bins.join(' ')}; as uneven by chance alone with probability ${chiSquareTail(chi2, BINS - 1).toFixed(3)}`);
console.log(
	`false alarms of a run, at α = ${MAX_FALSE_ALARM}: ${(MAX_FALSE_ALARM * Math.max(...runs.map(run => run.length))).toExponential(1)}`,
);
