import {appendFileSync, mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import test from 'ava';
import {openEvents} from '../record/append.ts';
import {fold, parseEvents} from '../record/fold.ts';
import {UsageError} from '../usage.ts';
import {fakeWorld, OPTIONS} from './fixtures/fake-world.ts';
import {runTests} from './orchestrate.ts';

const cache = mkdtempSync(join(tmpdir(), 'vipcheck-resume-'));
process.env['XDG_CACHE_HOME'] = cache;
test.after.always(() => rmSync(cache, {recursive: true}));

const KEY = 'fake/iptables/ipv4/1.2.3';
const eventsOf = (out: string): string => readFileSync(join(out, 'events.ndjson'), 'utf8');

/** A run that was killed after its first check, in the middle of a line. */
const killed = async (): Promise<string> => {
	const out = join(mkdtempSync(join(cache, 'out-')), 'run');
	const {world} = fakeWorld(undefined, {
		async runSuites({runDir, target, signal}) {
			openEvents(runDir)({type: 'check-finished', target, check: 'alpha/one', outcome: 'passed', ms: 1});
			signal.throwIfAborted();
			return {exitCode: undefined, signal: 'SIGKILL', output: ''};
		},
	});
	await runTests({...OPTIONS, out}, world);
	appendFileSync(join(out, 'events.ndjson'), '{"at":5,"type":"check-st');
	return out;
};

test.serial('a resumed run checks what has no result yet, in the same report', async t => {
	const out = await killed();
	const asked: string[][] = [];
	const {world, output} = fakeWorld(undefined, {
		async runSuites({runDir, target, files}) {
			asked.push([...files]);
			openEvents(runDir)({type: 'check-finished', target, check: 'beta/two', outcome: 'passed', ms: 1});
			return {exitCode: 0, signal: undefined, output: ''};
		},
	});
	t.is(await runTests({...OPTIONS, resume: out}, world), 0);
	t.deepEqual(asked, [['suites/beta/suite.test.ts']]);
	const run = fold(parseEvents(eventsOf(out)));
	t.deepEqual(
		run.targets.map(({key, checks}) => [key, checks.map(({id, outcome}) => `${id} ${outcome}`)]),
		[[KEY, ['alpha/one passed', 'beta/two passed']]],
	);
	t.true(output().endsWith('2 passed, 0 failed, 0 skipped\n'));
});

test.serial('a check that the interruption stopped has no result: it is checked again', async t => {
	const out = join(mkdtempSync(join(cache, 'out-')), 'run');
	const first = fakeWorld((where, signals) => {
		if (where === 'suites') signals.emit('SIGINT', 'SIGINT');
	});
	t.is(await runTests({...OPTIONS, out}, first.world), 130);
	const stopped = {type: 'check-finished', target: KEY, check: 'beta/two', outcome: 'broken', ms: 1};
	appendFileSync(join(out, 'events.ndjson'), `${JSON.stringify({at: Date.now(), ...stopped})}\n`);
	const asked: string[][] = [];
	const {world} = fakeWorld(undefined, {
		async runSuites({files}) {
			asked.push([...files]);
			return {exitCode: 0, signal: undefined, output: ''};
		},
	});
	await runTests({...OPTIONS, resume: out}, world);
	t.true(asked.flat().includes('suites/beta/suite.test.ts'));
});

test.serial('what the earlier run was not, is refused in one line', async t => {
	const out = await killed();
	const {world} = fakeWorld();
	for (const [given, message] of [
		[{resume: out, mode: ['nftables' as const]}, /had --mode iptables, not nftables$/],
		[{resume: out, workers: 7}, /had --workers 3, not 7$/],
		[{resume: out, out: 'elsewhere'}, /leave --out away$/],
		[{resume: join(out, 'nothing')}, /it holds no run: ENOENT/],
	] as const)
		await t.throwsAsync(runTests({...OPTIONS, ...given}, world), {instanceOf: UsageError, message});
	t.true(eventsOf(out).endsWith('{"at":5,"type":"check-st'));
});
