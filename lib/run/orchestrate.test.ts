import {mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import test from 'ava';
import {clustersRoot} from '../paths.ts';
import {parseEvents, fold} from '../record/fold.ts';
import {UsageError} from '../usage.ts';
import {openEvents} from '../record/append.ts';
import {fakeWorld, OPTIONS} from './fixtures/fake-world.ts';
import {runTests} from './orchestrate.ts';

const cache = mkdtempSync(join(tmpdir(), 'vipcheck-orchestrate-'));
process.env['XDG_CACHE_HOME'] = cache;
test.after.always(() => rmSync(cache, {recursive: true}));

const outDir = (): string => join(mkdtempSync(join(cache, 'out-')), 'run');
const recorded = (out: string) => fold(parseEvents(readFileSync(join(out, 'events.ndjson'), 'utf8')));
/** Directories that this run left of its cluster. */
const leftOf = (out: string): readonly string[] => {
	const own = recorded(out).targets.map(({cluster}) => cluster);
	return readdirSync(clustersRoot()).filter(name => own.includes(name));
};
const TARGET = 'targets/fake-iptables-ipv4-1.2.3';

test('a whole run: created, checked, reported, taken down', async t => {
	const out = outDir();
	const {world, calls, output} = fakeWorld();
	t.is(await runTests({...OPTIONS, out}, world), 0);
	t.deepEqual(calls, ['create 1', 'create 2', 'create 3', 'created', 'prepare', 'suites', 'destroy', 'destroyed']);
	t.true(output().endsWith('\n2 passed, 0 failed, 0 skipped\n'));
	t.deepEqual(leftOf(out), []);
	for (const name of ['index.html', 'junit.xml', 'run.json', 'summary.md']) t.true(readdirSync(out).includes(name), name);
	for (const name of ['plan.json', 'logs']) t.true(readdirSync(join(out, TARGET)).includes(name), name);
});

for (const point of ['create 1', 'create 2', 'create 3', 'prepare', 'suites']) {
	for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
		test(`${signal} at ${point}: taken down once, to its end; report; 130`, async t => {
			const out = outDir();
			const {world, calls, output} = fakeWorld((where, signals) => {
				if (where === point) signals.emit(signal, signal);
			});
			t.is(await runTests({...OPTIONS, out, keep: 'always'}, world), 130);
			t.is(calls.filter(call => call === 'destroy').length, 1);
			t.is(calls.at(-1), 'destroyed');
			t.false(calls.includes('exit 130'));
			t.deepEqual(leftOf(out), []);
			const run = recorded(out);
			t.is(run.status, 'interrupted');
			t.is(run.signal, signal);
			t.true(readdirSync(out).includes('junit.xml'));
			t.true(output().includes(`interrupted by ${signal}`));
			t.false(output().includes('no cluster:'));
		});
}

test('SIGINT during the take-down: it comes to its end, 130', async t => {
	const out = outDir();
	const {world, calls} = fakeWorld((where, signals) => {
		if (where === 'destroy') signals.emit('SIGINT', 'SIGINT');
	});
	t.is(await runTests({...OPTIONS, out}, world), 130);
	t.is(calls.at(-1), 'destroyed');
	t.is(recorded(out).counts.passed, 2);
});

test('more signals: told once, the take-down is not skipped', async t => {
	const out = outDir();
	const {world, calls, errors} = fakeWorld((where, signals) => {
		if (where === 'suites' || where === 'destroy') for (const name of ['SIGINT', 'SIGINT', 'SIGTERM']) signals.emit(name, name);
	});
	t.is(await runTests({...OPTIONS, out}, world), 130);
	t.deepEqual(calls.slice(-2), ['destroy', 'destroyed']);
	t.is(errors.length, 1);
	t.deepEqual(leftOf(out), []);
});

test('a take-down that a second Ctrl-C disturbed is done again', async t => {
	const out = outDir();
	const {world, provider, signals, errors} = fakeWorld();
	let tries = 0;
	const disturbed = {
		...provider,
		async destroy() {
			if (++tries > 1) return;
			signals.emit('SIGINT', 'SIGINT');
			throw new Error('ip: killed by SIGINT');
		},
	};
	t.is(await runTests({...OPTIONS, out}, {...world, providers: async () => [disturbed]}), 130);
	t.is(tries, 2);
	t.deepEqual(errors, []);
});

test('create settles before destroy begins', async t => {
	const {world, provider, calls, signals} = fakeWorld();
	const slow = {
		...provider,
		create: async (...[, {signal}]: Parameters<typeof provider.create>) => {
			setImmediate(() => signals.emit('SIGINT', 'SIGINT'));
			await new Promise(resolve => signal.addEventListener('abort', () => setTimeout(resolve, 50)));
			calls.push('create settled');
			throw new Error('aborted');
		},
	};
	t.is(await runTests({...OPTIONS, out: outDir()}, {...world, providers: async () => [slow]}), 130);
	t.deepEqual(calls, ['create settled', 'destroy', 'destroyed']);
});

test('a create that fails: taken down, logs saved, exit 2', async t => {
	const out = outDir();
	const {world, provider, calls, output} = fakeWorld();
	const failing = {
		...provider,
		async create(...[, {dir, step}]: Parameters<typeof provider.create>) {
			writeFileSync(join(dir, 'logs', 'create.log'), 'the last words');
			return step('boot', async () => Promise.reject(new Error(`no power (log: ${dir}/logs/create.log)`)), {
				log: `${dir}/logs/create.log`,
			});
		},
	};
	t.is(await runTests({...OPTIONS, out, keep: 'failed'}, {...world, providers: async () => [failing]}), 2);
	t.deepEqual(calls, ['destroy', 'destroyed']);
	t.is(readFileSync(join(out, TARGET, 'logs', 'create.log'), 'utf8'), 'the last words');
	t.true(output().includes(`no power (log: ${join(out, TARGET, 'logs', 'create.log')})`));
	t.true(output().endsWith('0 passed, 2 failed, 0 skipped\n'));
	t.deepEqual(leftOf(out), []);
});

test('an error that nobody caught: taken down, told, exit 2', async t => {
	const {world, calls, errors} = fakeWorld((where, signals) => {
		if (where === 'suites') signals.emit('uncaughtException', new TypeError('x is not a function'));
	});
	t.is(await runTests({...OPTIONS, out: outDir()}, world), 2);
	t.is(calls.at(-1), 'destroyed');
	t.deepEqual(errors, ['x is not a function']);
});

for (const [name, end, expected] of [
	['the runner is killed', {exitCode: undefined, signal: 'SIGKILL', output: ''}, 'the runner ended with signal SIGKILL'],
	['the runner fails at its start', {exitCode: 1, signal: undefined, output: 'SyntaxError: no'}, 'SyntaxError: no'],
] as const)
	test(`${name}: its checks are broken, exit 2`, async t => {
		const out = outDir();
		const {world, calls} = fakeWorld(undefined, {runSuites: async () => end});
		t.is(await runTests({...OPTIONS, out}, world), 2);
		t.is(calls.at(-1), 'destroyed');
		t.true(recorded(out).targets[0]!.checks.every(check => check.problem?.observed.includes(expected)));
	});

test('another mode than asked for is found: nothing is checked', async t => {
	const {world, calls, output} = fakeWorld(undefined, {prepare: async () => ({kubernetes: '1', mode: 'nftables', nodes: [], parts: {}})});
	t.is(await runTests({...OPTIONS, out: outDir()}, world), 2);
	t.false(calls.includes('suites'));
	t.true(output().includes('kube-proxy runs in mode nftables, not iptables'));
});

test('keep: a kept cluster has its way out in the output', async t => {
	const out = outDir();
	const {world, calls, output} = fakeWorld();
	t.is(await runTests({...OPTIONS, out, keep: 'always'}, world), 0);
	t.false(calls.includes('destroy'));
	const [id] = leftOf(out);
	t.true(output().includes(`vipcheck down ${id}`));
	t.true((JSON.parse(readFileSync(join(clustersRoot(), id!, 'owner.json'), 'utf8')) as {kept: boolean}).kept);
});

for (const [outcome, options, code, kept] of [
	['failed', {keep: 'failed'}, 1, true],
	['broken', {keep: 'failed'}, 2, true],
	['passed', {keep: 'failed'}, 0, false],
	['failed', {keep: 'never'}, 1, false],
	['known', {keep: 'failed'}, 0, false],
	['known', {strict: true}, 1, false],
] as const)
	test(`${outcome} with ${JSON.stringify(options)}: exit ${code}${kept ? ', kept' : ''}`, async t => {
		const out = outDir();
		const {world} = fakeWorld(undefined, {
			async runSuites({runDir}) {
				const emit = openEvents(runDir);
				for (const check of ['alpha/one', 'beta/two'])
					emit({type: 'check-finished', target: 'fake/iptables/ipv4/1.2.3', check, outcome, ms: 1});
				return {exitCode: 0, signal: undefined, output: ''};
			},
		});
		t.is(await runTests({...OPTIONS, ...options, out}, world), code);
		t.is(leftOf(out).length, kept ? 1 : 0);
		t.is(recorded(out).targets[0]?.kept !== undefined, kept);
	});

test('a take-down that fails is told and makes exit 2', async t => {
	const out = outDir();
	const {world, provider, errors} = fakeWorld();
	t.is(
		await runTests(
			{...OPTIONS, out},
			{...world, providers: async () => [{...provider, destroy: async () => Promise.reject(new Error('busy'))}]},
		),
		2,
	);
	t.regex(errors[0]!, /could not be taken down: busy; `vipcheck clean` tries again/);
	t.is(leftOf(out).length, 1);
});

const BOTH = {mode: ['iptables', 'nftables']} as const;

test('two modes: a cluster for each, one report, everything of a target in its own directory', async t => {
	const out = outDir();
	const {world, calls, output} = fakeWorld();
	t.is(await runTests({...OPTIONS, ...BOTH, out}, world), 0);
	t.is(calls.filter(call => call === 'destroyed').length, 2);
	t.true(output().endsWith('\n4 passed, 0 failed, 0 skipped\n'));
	const {targets} = recorded(out);
	t.deepEqual(
		targets.map(({key}) => key),
		['fake/iptables/ipv4/1.2.3', 'fake/nftables/ipv4/1.2.3'],
	);
	t.is(new Set(targets.map(({cluster}) => cluster)).size, 2);
	for (const {key, cluster, steps} of targets) {
		const dir = join('targets', key.replaceAll('/', '-'));
		const plan = JSON.parse(readFileSync(join(out, dir, 'plan.json'), 'utf8')) as {target: string; cluster: {id: string}};
		t.is(plan.target, key);
		t.is<string | undefined, string>(cluster, plan.cluster.id);
		t.is(steps[0]?.log, join(dir, 'logs/create.log'));
	}
	t.deepEqual(leftOf(out), []);
});

for (const point of ['create 1', 'prepare', 'suites', 'destroy'])
	test(`two modes, SIGINT at ${point}: both are taken down, 130`, async t => {
		const out = outDir();
		const {world, calls} = fakeWorld((where, signals) => {
			if (where === point) signals.emit('SIGINT', 'SIGINT');
		});
		t.is(await runTests({...OPTIONS, ...BOTH, workers: 1, out}, world), 130);
		const count = (what: string): number => calls.filter(call => call === what).length;
		t.true(count('create 1') >= 1 && count('destroyed') >= count('create 1'));
		t.is(count('destroy'), count('destroyed'));
		t.deepEqual(leftOf(out), []);
		t.is(recorded(out).targets.flatMap(({checks}) => checks).length, 4);
	});

test('two modes, of which one cluster cannot be made: the other is checked all the same', async t => {
	const out = outDir();
	const {world, provider} = fakeWorld();
	const half = {
		...provider,
		create: async (...input: Parameters<typeof provider.create>) =>
			input[0].mode === 'iptables' ? Promise.reject(new Error('no power')) : provider.create(...input),
	};
	t.is(await runTests({...OPTIONS, ...BOTH, out}, {...world, providers: async () => [half]}), 2);
	const [first, second] = recorded(out).targets;
	t.is(first?.problem?.summary, 'no power');
	t.deepEqual(
		second?.checks.map(({outcome}) => outcome),
		['passed', 'passed'],
	);
	t.deepEqual(leftOf(out), []);
});

test('two modes, keep failed: the cluster of the red one alone stays', async t => {
	const out = outDir();
	const {world} = fakeWorld(undefined, {
		async runSuites({runDir, target}) {
			const emit = openEvents(runDir);
			for (const check of ['alpha/one', 'beta/two'])
				emit({type: 'check-finished', target, check, outcome: target.includes('nftables') ? 'failed' : 'passed', ms: 1});
			return {exitCode: 0, signal: undefined, output: ''};
		},
	});
	t.is(await runTests({...OPTIONS, ...BOTH, keep: 'failed', out}, world), 1);
	t.deepEqual(
		recorded(out).targets.map(({kept}) => kept !== undefined),
		[false, true],
	);
	t.is(leftOf(out).length, 1);
});

test('nothing to run: no cluster is made', async t => {
	const {world, calls} = fakeWorld();
	const checks = (await world.checks()).map(found => ({...found, check: {...found.check, modes: ['ipvs' as const]}}));
	t.is(await runTests({...OPTIONS, out: outDir()}, {...world, checks: async () => checks}), 0);
	t.deepEqual(calls, []);
});

for (const [name, options, message] of [
	['no check fits', {match: ['gamma']}, /--match gamma fits none of the 2 checks/],
	['one of several patterns fits no check', {match: ['alpha,gamma']}, /--match gamma fits none of the 2 checks/],
	['what is left out is no check', {match: ['!gamma']}, /--match gamma fits none of the 2 checks/],
	['all are left out', {match: ['*,!*']}, /--match \*,!\* leaves none of the 2 checks/],
	[
		'a family that the cluster has not',
		{match: ['alpha', '*@ipv6']},
		/--match \*@ipv6 names a family, as only checks in a cluster with --family dual do/,
	],
	['no provider can', {mode: ['ipvs' as const]}, /^no cluster with mode ipvs.*\n {2}fake: no ipvs here\n {2}fake: nor anywhere$/],
	[
		'one of several modes cannot be made',
		{mode: ['iptables' as const, 'ipvs' as const]},
		/^--mode iptables,ipvs: no cluster with mode ipvs, family ipv4 can be made here: fake: no ipvs here; fake: nor anywhere$/,
	],
	['unknown version', {k8s: '1.20'}, /Kubernetes 1\.20 .* 1\.2\.3, 1\.1\.9/],
	['unknown provider', {provider: 'kind'}, /no provider kind: use auto, fake/],
	['unknown cluster', {reuse: 'nope'}, /there is no cluster nope/],
] as const)
	test(`usage: ${name}; nothing is made`, async t => {
		const out = outDir();
		const {world, calls} = fakeWorld();
		await t.throwsAsync(runTests({...OPTIONS, ...options, out}, world), {instanceOf: UsageError, message});
		t.deepEqual(calls, []);
		t.throws(() => readdirSync(out), {code: 'ENOENT'});
	});
