import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import test from 'ava';
import {runSuites} from './runner.ts';

const temporary = mkdtempSync(join(tmpdir(), 'vipcheck-runner-'));
test.after.always(() => rmSync(temporary, {recursive: true}));

const input = () => ({runDir: mkdtempSync(join(temporary, 'run-')), files: ['suites/dns/suite.test.ts'], locks: '@vipcheck-none', concurrency: 1, signal: new AbortController().signal, silentMs: () => 0, silenceLimitMs: 60_000});

test('a runner that says nothing is ended, and that is told', async t => {
	const {exitCode, signal, output} = await runSuites({...input(), silentMs: () => 61_000});
	t.is(exitCode, undefined);
	t.regex(signal ?? '', /^SIG(TERM|KILL)$/);
	t.regex(output, /no check said anything for 60 s$/);
});

test('an interrupted run ends its runner', async t => {
	const {signal} = await runSuites({...input(), signal: AbortSignal.abort()});
	t.regex(signal ?? '', /^SIG(TERM|KILL)$/);
});

test('what AVA says about a suite that cannot be declared is in the output', async t => {
	// There is no plan.json in this run directory.
	const {exitCode, output} = await runSuites(input());
	t.is(exitCode, 1);
	t.regex(output, /plan\.json/);
});
