import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import test from 'ava';
import {parse, type ITestResult} from 'test-results-parser';
import {fold} from '../lib/record/fold.ts';
import type {Run} from '../lib/record/run.ts';
import {hostileRun} from './fixtures/hostile-run.ts';
import {largeRun} from './fixtures/large-run.ts';
import {sampleEvents} from './fixtures/sample-run.ts';
import junit from './junit.ts';
import {oneLine} from './text/clean.ts';

// The reader of testbeats, which counts by itself; docs/junit.md has others that were tried by hand.
const read = async (run: Run): Promise<ITestResult> => {
	const dir = await mkdtemp(join(tmpdir(), 'vipcheck-junit-'));
	try {
		const file = join(dir, 'junit.xml');
		await writeFile(file, junit.render(run));
		return parse({type: 'junit', files: [file]});
	} finally {
		await rm(dir, {recursive: true, force: true});
	}
};

const events = sampleEvents();

for (const [what, run] of [
	['the sample', fold(events)],
	['an interrupted run', fold(events.slice(0, 40))],
	['text that is hard on a reader', hostileRun()],
	['many checks', largeRun(110)],
] as const) {
	test(`read by others: ${what}`, async t => {
		const {passed, failed, errors, skipped, status, suites} = await read(run);
		const {counts} = run;
		t.deepEqual(
			{passed, failed, errors, skipped},
			{passed: counts.passed, failed: counts.failed, errors: counts.broken, skipped: counts.skipped + counts.known},
		);
		t.is(status, counts.failed + counts.broken > 0 ? 'FAIL' : 'PASS');
		const checks = run.targets.flatMap(target => target.checks);
		const cases = suites.flatMap(suite => suite.cases);
		t.is(cases.length, checks.length);
		t.is(new Set(cases.map(({name}) => name)).size, checks.length);
		t.deepEqual(
			cases
				.filter(one => one.status === 'FAIL')
				.map(({failure}) => failure)
				.sort(),
			checks
				.flatMap(({outcome, problem}) => (outcome === 'failed' || outcome === 'broken' ? [oneLine(problem?.summary ?? '')] : []))
				.sort(),
		);
		// Nothing that a cluster says sets what is known of the run.
		for (const {metadata} of cases) t.is((metadata as {run?: string}).run, run.id);
	});
}
