import {execFile} from 'node:child_process';
import {mkdir, mkdtemp, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {promisify} from 'node:util';
import test from 'ava';
import {LOOK_NAMES, lookOf} from '../facts/argv.ts';
import {stubShell} from '../../test/stub-shell.ts';
import {UsageError} from '../usage.ts';
import {collectorScript, readCollected} from './collector.ts';
import {gatherEvidence, readOnly} from './node-shell.ts';

/** The one list: each command, and its guard. */
const LIST = LOOK_NAMES.flatMap(name => {
	const {argv, guard} = lookOf(name);
	return [argv.join(' '), ...(guard ? [guard.argv.join(' ')] : [])];
});

test('a collector runs exactly the commands of the one list', async t => {
	const shell = stubShell(Object.fromEntries(LIST.map(command => [command, ''])));
	const evidence = await gatherEvidence([{name: 'worker-1', way: 'stub', shell}], AbortSignal.timeout(10_000));
	t.deepEqual([...new Set(shell.calls)].sort(), [...new Set(LIST)].sort());
	t.deepEqual(Object.keys(evidence), ['worker-1']);
});

for (const argv of [
	['rm', '-rf', '/'],
	['iptables-save', '-c'],
	['iptables', '-F'],
	['sysctl', '-w', 'net.ipv4.ip_forward=1'],
	['nft', 'flush', 'ruleset'],
])
	test(`\`${argv.join(' ')}\` is not run`, async t => {
		const shell = stubShell({[argv.join(' ')]: ''});
		await t.throwsAsync(readOnly(shell).run(argv), {message: `a look at stub does not run \`${argv.join(' ')}\``});
		t.deepEqual(shell.calls, []);
	});

test('a command of the list gets no input and no program stays', async t => {
	const shell = readOnly(stubShell({'iptables-save': ''}));
	await t.throwsAsync(shell.run(['iptables-save'], {stdin: '*nat'}));
	t.throws(() => shell.converse(['iptables-save']));
});

test('the collector script writes what is read again, and its commands are those of the list', async t => {
	const dir = await mkdtemp(join(tmpdir(), 'vipcheck-collector-'));
	try {
		const [bin, script] = [join(dir, 'bin'), join(dir, 'collect.sh')];
		await mkdir(bin);
		for (const program of new Set(LIST.map(command => command.split(' ')[0] ?? '')))
			await writeFile(
				join(bin, program),
				`#!/bin/sh\necho "${program} $*" >>"${dir}/calls"\n${program === 'conntrack' ? 'echo no >&2; exit 1' : `echo "said by ${program}"`}\n`,
				{mode: 0o755},
			);
		await writeFile(script, collectorScript());
		await promisify(execFile)('/bin/sh', [script, 'worker-1'], {cwd: dir, env: {...process.env, PATH: `${bin}:/bin:/usr/bin`}});
		const evidence = await readCollected(dir);
		t.deepEqual(Object.keys(evidence), ['worker-1']);
		t.deepEqual(evidence['worker-1']?.texts.iptables, {ok: true, value: 'said by iptables-save\n', source: 'iptables-save'});
		t.like(evidence['worker-1']?.texts.conntrack, {ok: false, why: 'exit code 1: no'});
		const calls = new Set(
			(await readFile(join(dir, 'calls'), 'utf8'))
				.trim()
				.split('\n')
				.map(line => line.trim()),
		);
		// What has a guard is run where this machine has the module, and kube-proxy's pages by curl, whose words are quoted.
		const plain = LOOK_NAMES.map(lookOf).filter(({argv, guard}) => !guard && argv[0] !== 'curl');
		t.deepEqual(
			plain.map(({argv}) => argv.join(' ')).filter(command => !calls.has(command)),
			[],
		);
	} finally {
		await rm(dir, {recursive: true});
	}
});

test('a directory without anything collected is told', async t => {
	await t.throwsAsync(readCollected('/nonexistent'), {instanceOf: UsageError});
	await t.throwsAsync(readCollected(import.meta.dirname), {instanceOf: UsageError, message: /has no directory vipcheck-NODE/});
});
