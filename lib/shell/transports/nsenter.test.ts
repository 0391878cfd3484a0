import test from 'ava';
import {spawn, spawnSync, type ChildProcess} from 'node:child_process';
import {mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {setTimeout as delay} from 'node:timers/promises';
import {couldNotEnter} from '../enter.ts';
import {nsenterShell} from './nsenter.ts';
import {TransportError} from '../shell.ts';

const namespaces = ['--mount', '--uts', '--ipc', '--net', '--pid', '--cgroup', '--fork', '--kill-child', '--mount-proc'];
const canUnshare = spawnSync('unshare', [...namespaces, 'true']).status === 0;
const machineTest = canUnshare ? test : test.skip;

const dir = mkdtempSync(path.join(tmpdir(), 'vipcheck-nsenter-'));
const machines: ChildProcess[] = [];
test.after.always(() => {
	machines.map(machine => machine.kill('SIGKILL'));
	rmSync(dir, {recursive: true});
});

/** A machine with a host name of its own, and the file with the pid of its first process. */
const boot = async (name: string) => {
	const machine = spawn('unshare', [...namespaces, 'sh', '-c', `hostname ${name}; echo up; exec sleep 600`], {
		stdio: ['ignore', 'pipe', 'inherit'],
	});
	machines.push(machine);
	await new Promise(resolve => machine.stdout.once('data', resolve));
	const pid = readFileSync(`/proc/${machine.pid}/task/${machine.pid}/children`, 'utf8').trim();
	const pidFile = path.join(dir, `${name}.pid`);
	writeFileSync(pidFile, `${pid}\n`);
	return {machine, pid, pidFile, shell: nsenterShell(pidFile, name)};
};

const read = <T>(look: () => T): T | undefined => {
	try {
		return look();
	} catch (error) {
		if (['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) {
			return undefined;
		}

		throw error;
	}
};

/** The living processes in the pid namespace of the machine's first one, itself left out, that run `program`. */
const inside = (first: string, program: string): string[] => {
	const namespace = readlinkSync(`/proc/${first}/ns/pid`);
	return readdirSync('/proc')
		.filter(pid => /^\d+$/.test(pid) && pid !== first)
		.filter(pid => {
			const [, name, state] = /\((.*)\) (\w)/.exec(read(() => readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? '') ?? [];
			return name === program && state !== 'Z' && read(() => readlinkSync(`/proc/${pid}/ns/pid`)) === namespace;
		});
};

const until = async (holds: () => boolean): Promise<boolean> => {
	for (let i = 0; i < 500 && !holds(); i++) {
		await delay(20);
	}

	return holds();
};

machineTest('run: sees the machine, not ours', async t => {
	const {shell} = await boot('m1');
	const {stdout, exitCode, where, argv} = await shell.run(
		[
			'sh',
			'-c',
			'hostname; ls /sys/class/net >/dev/null; cat /proc/net/dev | wc -l; readlink /proc/self | grep -q . && echo proc; echo "$LC_ALL $EXTRA"',
		],
		{env: {EXTRA: 'yes'}},
	);
	t.deepEqual([stdout, exitCode, where, argv[0]], ['m1\n3\nproc\nC yes\n', 0, 'm1', 'sh']);
	t.is((await shell.run(['sh', '-c', 'echo no >&2; exit 1'])).exitCode, 1);
	t.is((await shell.run(['sh', '-c', 'kill -TERM $$'])).exitCode, 143);
	t.is((await shell.run(['cat'], {stdin: 'through'})).stdout, 'through');
});

machineTest('run: what cannot be entered or started is a TransportError', async t => {
	const {shell, machine, pid, pidFile} = await boot('m2');
	await t.throwsAsync(shell.run(['no-such-program', 'x']), {
		instanceOf: TransportError,
		message: /m2: `no-such-program x` was not run: nsenter: failed to execute no-such-program: No such file/,
	});

	machine.kill('SIGKILL');
	await new Promise(resolve => machine.once('exit', resolve));
	t.true(await until(() => read(() => readlinkSync(`/proc/${pid}/ns/net`)) === undefined));
	await t.throwsAsync(shell.run(['true']), {
		instanceOf: TransportError,
		message: /^m2: cannot enter the machine of .*m2\.pid \(pid \d+\): ENOENT/,
	});
	t.throws(() => shell.converse(['true']), {instanceOf: TransportError});

	const other = await boot('m2b');
	writeFileSync(pidFile, other.pid);
	t.is((await shell.run(['hostname'])).stdout, 'm2b\n', 'the pid file is read at each call');

	for (const [content, message] of [
		['', /holds "", not a pid/],
		['0', /not a pid/],
		[String(process.pid), /our own network namespace/],
	] as const) {
		writeFileSync(pidFile, content);
		await t.throwsAsync(shell.run(['true']), {instanceOf: TransportError, message});
	}

	rmSync(pidFile);
	await t.throwsAsync(shell.run(['true']), {instanceOf: TransportError, message: /m2\.pid: ENOENT/});
});

machineTest('cancelling ends what runs inside the pid namespace', async t => {
	const {shell, pid} = await boot('m3');
	await t.throwsAsync(shell.run(['sh', '-c', 'sleep 601 & sleep 601; true'], {timeoutMs: 300}), {
		instanceOf: TransportError,
		message: /m3: .* did not end within 300 ms/,
	});
	t.true(await until(() => inside(pid, 'sleep').length === 0));

	await t.throwsAsync(shell.run(['sh', '-c', '(trap "" TERM; exec sleep 606 >/dev/null 2>&1) & wait'], {timeoutMs: 300}), {
		instanceOf: TransportError,
	});
	t.true(await until(() => inside(pid, 'sleep').length === 0));

	const abort = new AbortController();
	const aborted = shell.run(['sleep', '602'], {signal: abort.signal});
	t.true(await until(() => inside(pid, 'sleep').length === 1));
	abort.abort(new Error('interrupted'));
	await t.throwsAsync(aborted, {instanceOf: TransportError, message: /interrupted/});
	t.true(await until(() => inside(pid, 'sleep').length === 0));

	const stubborn = shell.converse(['sh', '-c', 'trap "" TERM HUP; while :; do sleep 603; done']);
	t.true(await until(() => inside(pid, 'sleep').length === 1));
	await stubborn.close();
	t.true(await until(() => inside(pid, 'sh').length === 0 && inside(pid, 'sleep').length === 0));
});

machineTest('a SIGKILL of what entered, or of us, ends the program inside', async t => {
	const {shell, pid, pidFile} = await boot('m4');
	const talk = shell.converse(['sleep', '604']);
	t.true(await until(() => inside(pid, 'sleep').length === 1));
	process.kill(talk.pid!, 'SIGKILL');
	t.true(await until(() => inside(pid, 'sleep').length === 0));

	const source = `import {nsenterShell} from ${JSON.stringify(import.meta.resolve('./nsenter.ts'))}; await nsenterShell(${JSON.stringify(pidFile)}, 'm4').run(['sleep', '605']);`;
	const us = spawn(process.execPath, ['--input-type=module', '--eval', source], {stdio: 'inherit'});
	t.true(await until(() => inside(pid, 'sleep').length === 1));
	us.kill('SIGKILL');
	t.true(await until(() => inside(pid, 'sleep').length === 0));
});

machineTest('converse: lines in, lines out', async t => {
	const {shell} = await boot('m5');
	const talk = shell.converse(['sh', '-c', 'while read -r line; do echo "$(hostname) $line"; done']);
	talk.send('one');
	talk.send('two');
	const lines: string[] = [];
	for await (const line of talk.lines) {
		lines.push(line);
		if (lines.length === 2) {
			break;
		}
	}

	await talk.close();
	t.deepEqual(lines, ['m5 one', 'm5 two']);
	t.throws(() => talk.send('three'), {instanceOf: TransportError, message: /m5: .* has ended/});
});

const verdicts: readonly [string, Parameters<typeof couldNotEnter>[0], boolean][] = [
	['pid gone', {exitCode: 1, stdout: '', stderr: 'nsenter: cannot open /proc/99/ns/ipc: No such file or directory\n'}, true],
	[
		'not permitted',
		{exitCode: 1, stdout: '', stderr: "nsenter: reassociate to namespace 'ns/mnt' failed: Operation not permitted\n"},
		true,
	],
	['no such program', {exitCode: 127, stdout: '', stderr: 'nsenter: failed to execute ipvsadm: No such file or directory\n'}, true],
	['busybox', {exitCode: 1, stdout: '', stderr: "nsenter: can't open '/proc/99/ns/net': No such file or directory\n"}, true],
	['no util-linux there', {exitCode: 127, stdout: '', stderr: 'setpriv: failed to execute nsenter: No such file or directory\n'}, true],
	['the command said 1', {exitCode: 1, stdout: '', stderr: 'iptables: No chain/target/match by that name.\n'}, false],
	['the command said 1, silently', {exitCode: 1, stdout: '', stderr: ''}, false],
	['the command quotes nsenter', {exitCode: 1, stdout: '', stderr: 'failed:\nnsenter: cannot open x\n'}, false],
	['other exit code', {exitCode: 2, stdout: '', stderr: 'nsenter: x\n'}, false],
];
for (const [name, result, expected] of verdicts) {
	test(`could not enter: ${name}`, t => t.is(couldNotEnter(result) !== undefined, expected));
}
