/**
 * What checks measured, over several runs: for each check and figure how often, the least, the median and the most.
 * usage: node bench/numbers.ts PATTERN RUN_DIRECTORY...   (node bench/numbers.ts 'metallb/l2-failover' runs/a runs/b)
 */
import {readFile} from 'node:fs/promises';
import {matcher} from '../lib/check/match.ts';
import {eventsFile} from '../lib/record/append.ts';
import {parseEvents} from '../lib/record/fold.ts';

const [pattern = '*', ...dirs] = process.argv.slice(2);
const matches = matcher([pattern]);
const numbers = (await Promise.all(dirs.map(async dir => parseEvents(await readFile(eventsFile(dir), 'utf8'))))).flat().flatMap(event => {
	if (event.type !== 'check-number' || !matches(event.check)) return [];
	const {target, check, name, unit, value} = event;
	return [{key: `${target.split('/')[1]} | ${check} | ${name}, in ${unit}`, value}];
});
const at = (values: readonly number[], share: number): number => values[Math.round((values.length - 1) * share)] ?? Number.NaN;
console.log('| mode | check | figure | times | least | median | most |\n|---|---|---|---:|---:|---:|---:|');
for (const [key, found] of Map.groupBy(numbers, one => one.key)) {
	const values = found.map(({value}) => value).toSorted((a, b) => a - b);
	console.log(`| ${key} | ${[values.length, at(values, 0), at(values, 0.5), at(values, 1)].join(' | ')} |`);
}
