import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import test from 'ava';
import {fold} from '../lib/record/fold.ts';
import {faultsBySchema} from '../test/json-schema.ts';
import {largeRun} from './fixtures/large-run.ts';
import {sampleEvents} from './fixtures/sample-run.ts';
import json from './json.ts';

const schema = JSON.parse(await readFile(join(import.meta.dirname, '../docs/run.schema.json'), 'utf8')) as Record<string, unknown>;
const events = sampleEvents();
const rendered = (count: number): unknown => JSON.parse(json.render(fold(events.slice(0, count)))) as unknown;

test('run.json is as its schema says, whenever the run was ended', t => {
	for (let count = 0; count <= events.length; count += count === events.length ? 1 : Math.min(17, events.length - count))
		t.deepEqual(faultsBySchema(rendered(count), schema), [], `${count} events`);
	t.deepEqual(faultsBySchema(JSON.parse(json.render(largeRun(12))), schema), []);
});

test('the schema finds what is not so', t => {
	const run = rendered(events.length) as Record<string, unknown>;
	for (const [wrong, fault] of [
		[{...run, format: 2}, '$.format: 2 instead of 1'],
		[{...run, more: 1}, '$: more is not known'],
		[{...run, counts: {}}, '$.counts: passed is missing'],
		[{...run, startedAt: 'today'}, '$.startedAt: string instead of number'],
		[{...run, targets: [{}]}, '$.targets[0]: checks is missing'],
	] as const)
		t.true(faultsBySchema(wrong, schema).includes(fault), fault);
	t.throws(() => faultsBySchema(run, {pattern: '^a'}), {instanceOf: RangeError});
});

test('the history is not part of it', t => {
	t.false('history' in (JSON.parse(json.render({...fold(events), history: []})) as object));
});
