/**
 * Where does the time of a run go? Reads what a run recorded: its steps, and how its seats were used while checks ran: waiting for pods,
 * waiting for
 * rules, probing, looking at nodes, the rest (the API, opening, tidying up), and idle.
 * usage: node bench/run.ts [run directory, left out: runs/latest]
 */
import {readFile} from 'node:fs/promises';
import {eventsFile} from '../lib/record/append.ts';
import type {Event} from '../lib/record/events.ts';
import {parseEvents} from '../lib/record/fold.ts';

const [dir = 'runs/latest'] = process.argv.slice(2);
const events = parseEvents(await readFile(eventsFile(dir), 'utf8'));
const of = <Type extends Event['type']>(type: Type): readonly Extract<Event, {type: Type}>[] =>
	events.filter((event): event is Extract<Event, {type: Type}> => event.type === type);
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const inSeconds = (ms: number): string => (ms / 1000).toFixed(1);
const table = (head: readonly string[], rows: readonly (readonly (string | number)[])[]): void =>
	console.log(
		[head, head.map((_, column) => (column === 0 ? '---' : '---:')), ...rows].map(cells => `| ${cells.join(' | ')} |`).join('\n'),
	);

const [first, last] = [events[0], events.at(-1)];
if (!first || !last) throw new Error(`${eventsFile(dir)} is empty`);
console.log(`${dir}: ${inSeconds(last.at - first.at)} s in all\n`);
table(
	['step, in s', 'target', 'time'],
	of('step-finished').map(({step, target, ms}) => [step, target, inSeconds(ms)]),
);

const finished = of('check-finished');
const started = of('check-started');
const seats = of('run-started').at(-1)?.seats;
if (finished.length === 0 || started.length === 0 || seats === undefined) throw new Error(`${dir}: no check was run`);
const wall = Math.max(...finished.map(({at}) => at)) - Math.min(...started.map(({at}) => at));
/** Rows of a check run together and take one seat: those that began and ended at the same moment count once. */
const runs = [
	...new Map(finished.map(({target, check, at, ms}) => [`${target} ${check.split('/', 2).join('/')} ${at - ms}`, ms])).values(),
];
const busy = sum(runs);
const spent = Map.groupBy(of('check-spent'), ({on}) => on);
const parts = [...spent].map(([on, own]): readonly [string, number] => [on, sum(own.map(({ms}) => ms))]);
const share = (ms: number): string => `${Math.round((100 * ms) / (seats * wall))} %`;
console.log(`\n${runs.length} checks in ${inSeconds(wall)} s on ${seats} seats\n`);
table(
	['seats, in s', 'time', 'share'],
	[
		...parts.toSorted(([, a], [, b]) => b - a),
		['the rest: the API, opening, tidying up', busy - sum(parts.map(([, ms]) => ms))] as const,
		['idle seats', seats * wall - busy] as const,
	].map(([name, ms]) => [name, inSeconds(ms), share(ms)]),
);
