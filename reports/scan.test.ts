import {mkdtemp, readdir, readFile, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import test from 'ava';
import type {Run} from '../lib/record/run.ts';
import {fold, parseEvents} from '../lib/record/fold.ts';
import {sampleEvents, sampleText} from './fixtures/sample-run.ts';
import {loadReports, writeReports} from './scan.ts';

const scratch = async (work: (dir: string) => Promise<void>): Promise<void> => {
	const dir = await mkdtemp(join(tmpdir(), 'vipcheck-reports-'));
	try {
		await work(join(dir, 'run'));
	} finally {
		await rm(dir, {recursive: true});
	}
};

test('the reports that there are', async t => {
	t.deepEqual(
		(await loadReports()).map(({name, file}) => [name, file]),
		[
			['claims-json', 'claims.json'],
			['claims-text', 'claims.md'],
			['github-summary', 'summary.md'],
			['html', 'index.html'],
			['json', 'run.json'],
			['junit', 'junit.xml'],
			['kills-json', 'kills.json'],
			['kills-text', 'kills.txt'],
		],
	);
});

test('all reports are written, twice over, and nothing else stays', t =>
	scratch(async dir => {
		const run = fold(sampleEvents());
		await writeReports(run, dir);
		const paths = await writeReports(run, dir);
		t.deepEqual(paths.map(path => path.slice(dir.length + 1)).sort(), (await readdir(dir)).sort());
		t.deepEqual(JSON.parse(await readFile(join(dir, 'run.json'), 'utf8')), {format: 1, ...JSON.parse(JSON.stringify(run))});
	}));

test('a report that throws leaves the others and the old file', t =>
	scratch(async dir => {
		const run = fold(sampleEvents());
		await writeReports(run, dir);
		const before = await readFile(join(dir, 'junit.xml'), 'utf8');
		const error = await t.throwsAsync(
			writeReports(run, dir, [
				{
					name: 'junit',
					file: 'junit.xml',
					render: () => {
						throw new Error('no such thing');
					},
				},
				{name: 'other', file: 'other.txt', render: () => 'written'},
			]),
			{instanceOf: AggregateError},
		);
		t.regex(error.message, /^1 of 2 reports could not be written: report junit \(.*junit\.xml\): no such thing$/);
		t.is(await readFile(join(dir, 'junit.xml'), 'utf8'), before);
		t.is(await readFile(join(dir, 'other.txt'), 'utf8'), 'written');
		t.deepEqual(
			(await readdir(dir)).filter(name => name.endsWith('.tmp')),
			[],
		);
	}));

test('every report can be made of any beginning of a run', async t => {
	const reports = await loadReports();
	const lines = sampleText().split('\n').slice(0, -1);
	for (let n = 0; n <= lines.length; n += 7) {
		const run: Run = fold(parseEvents(lines.slice(0, n).join('\n')));
		for (const report of reports) t.true((report.render(run) ?? 'nothing to say').length > 0, `${report.name} after line ${n}`);
	}
});
