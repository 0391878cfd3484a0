import {mkdirSync, mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import test from 'ava';
import {targetDir} from '../record/run-plan.ts';
import {runSuites} from './runner.ts';

const temporary = mkdtempSync(join(tmpdir(), 'vipcheck-runner-'));
test.after.always(() => rmSync(temporary, {recursive: true}));

const runDir = (): string => {
	const dir = mkdtempSync(join(temporary, 'run-'));
	mkdirSync(join(dir, targetDir('here')), {recursive: true});
	return dir;
};
const input = () => ({
	runDir: runDir(),
	target: 'here',
	files: ['suites/dns/suite.test.ts'],
	locks: '@vipcheck-none',
	concurrency: 1,
	signal: new AbortController().signal,
	silentMs: () => 0,
	silenceLimitMs: 60_000,
});

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
