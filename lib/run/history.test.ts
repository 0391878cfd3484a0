import {appendFile, mkdtemp, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import test from 'ava';
import {fold} from '../record/fold.ts';
import type {Run} from '../record/run.ts';
import {sampleEvents} from '../../reports/fixtures/sample-run.ts';
import {UsageError} from '../usage.ts';
import {readHistory, readHistoryOf, recordHistory} from './history.ts';

const run = fold(sampleEvents());
const scratch = async (work: (dir: string) => Promise<void>): Promise<void> => {
	const dir = await mkdtemp(join(tmpdir(), 'vipcheck-history-'));
	try {
		await work(dir);
	} finally {
		await rm(dir, {recursive: true});
	}
};
const record = async (dir: string, id: string): Promise<Run> => recordHistory(join(dir, 'history'), dir, {...run, id});

test('each run is a line, and sees those before it', async t =>
	scratch(async dir => {
		t.deepEqual((await record(dir, 'one')).history, []);
		t.deepEqual(
			(await record(dir, 'two')).history?.map(({id}) => id),
			['one'],
		);
		t.deepEqual(
			(await readHistory(join(dir, 'history'))).map(({id}) => id),
			['one', 'two'],
		);
		t.deepEqual(
			(await readHistoryOf(dir))?.map(({id}) => id),
			['one'],
		);
		t.is((await readFile(join(dir, 'history', 'history.ndjson'), 'utf8')).split('\n').length, 3);
	}));

test('a run that goes on does not see itself, and a cut line is left out', async t =>
	scratch(async dir => {
		await record(dir, 'one');
		await appendFile(join(dir, 'history', 'history.ndjson'), '{"id":"cut","targ');
		t.deepEqual((await record(dir, 'one')).history, []);
	}));

test('a directory that cannot be used is told', async t =>
	scratch(async dir => {
		await writeFile(join(dir, 'file'), '');
		await t.throwsAsync(readHistory(join(dir, 'file')), {instanceOf: UsageError, message: /--history .*file cannot be used/});
	}));

test('a run without a history keeps none', async t => scratch(async dir => void t.is(await readHistoryOf(dir), undefined)));
