import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import test from 'ava';
import {execa} from 'execa';

const temporary = mkdtempSync(join(tmpdir(), 'vipcheck-full-'));
test.after.always(() => rmSync(temporary, {recursive: true}));

/** Runs a run of make-believe whose directory lies on a disk of 64 KiB that its checks fill. */
const SCRIPT = `
const [{runTests}, {fakeWorld, OPTIONS}, {openEvents}] = await Promise.all(['run/orchestrate.ts', 'run/fixtures/fake-world.ts', 'record/append.ts'].map(path => import(process.env.LIB + path)));
const flood = runDir => {
	const emit = openEvents(runDir);
	for (;;) emit({type: 'check-step', target: 'fake/iptables/ipv4/1.2.3', check: 'alpha/one', text: 'x'.repeat(3000)});
};
const {world, calls, errors, output} = fakeWorld((point, signals) => {
	if (point === process.env.FILL_AT) try { flood(process.env.OUT); } catch (error) { calls.push(error.code); }
});
const code = await runTests({...OPTIONS, out: process.env.OUT}, world);
console.log(JSON.stringify({code, calls, errors, last: output().trimEnd().split('\\n').at(-1)}));
process.exit();
`;

for (const point of ['create 2', 'suites']) {
	test(`a full disk at ${point}: one clear line, exit 2, the cluster is taken down`, async t => {
		const out = mkdtempSync(join(temporary, 'out-'));
		const {stdout, stderr, exitCode} = await execa(
			'unshare',
			[
				'--mount',
				'sh',
				'-c',
				'mount -t tmpfs -o size=64k full "$OUT" || exit 77; exec "$0" --input-type=module -e "$1"',
				process.execPath,
				SCRIPT,
			],
			{
				reject: false,
				env: {OUT: out, FILL_AT: point, LIB: join(import.meta.dirname, '..', '/'), XDG_CACHE_HOME: temporary},
			},
		);
		if (exitCode === 77 || /unshare failed|Operation not permitted/.test(stderr)) {
			t.pass('this user may not mount');
			return;
		}
		const {code, calls, errors} = JSON.parse(stdout) as {
			code: number;
			calls: string[];
			errors: string[];
		};
		t.is(code, 2);
		t.true(calls.includes('ENOSPC'));
		t.is(calls.at(-1), 'destroyed');
		t.is(errors.length, 1, errors.join('\n'));
		t.regex(errors[0]!, /^the run cannot be recorded in .*: ENOSPC: no space left on device/);
		t.false(errors[0]!.includes('\n'));
	});
}
