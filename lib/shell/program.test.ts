import test from 'ava';
import {localShell} from './transports/local.ts';
import {brief, quote} from './quote.ts';
import {TransportError} from './shell.ts';

const shell = localShell('here');

test('run: any exit code is a result', async t => {
	const argv = ['sh', '-c', 'cat; echo out; echo err >&2; exit 3'];
	const {ms, ...result} = await shell.run(argv, {stdin: 'in '});
	t.deepEqual(result, {argv, where: 'here', exitCode: 3, stdout: 'in out\n', stderr: 'err\n'});
	t.true(ms >= 0);
	t.is((await shell.run(['sh', '-c', 'kill -9 $$'])).exitCode, 137);
	t.is((await shell.run(['sh', '-c', 'echo "$GREETING"'], {env: {GREETING: "it's"}})).stdout, "it's\n");
	t.is((await shell.run(['true'], {stdin: 'x'.repeat(1_000_000)})).exitCode, 0, 'a program need not read its input');
});

test('run: what cannot be run is a TransportError with its cause', async t => {
	const error = await t.throwsAsync(shell.run(['no-such-program', 'a b']), {
		instanceOf: TransportError,
		message: "here: `no-such-program 'a b'` cannot be run: spawn no-such-program ENOENT",
	});
	t.is((error.cause as {code?: string}).code, 'ENOENT');
	await t.throwsAsync(shell.run(['sh', '-c', 'echo so far >&2; sleep 30 & wait'], {timeoutMs: 2_000}), {
		instanceOf: TransportError,
		message: /^here: .* did not end within 2000 ms: so far$/,
	});
	const reason = new Error('budget used up');
	await t.throwsAsync(shell.run(['sleep', '30'], {signal: AbortSignal.abort(reason)}), {
		instanceOf: TransportError,
		message: /was not started: Error: budget used up/,
	});
});

test('run: ends in time although a child that left the group holds the output', async t => {
	const started = performance.now();
	const error = await t.throwsAsync(shell.run(['sh', '-c', 'setsid sleep 6 & echo $! >&2; exit 0'], {timeoutMs: 200}), {
		instanceOf: TransportError,
	});
	t.true(performance.now() - started < 5000, error.message);
});

test('run: many share one signal without a warning', async t => {
	const warnings: Error[] = [];
	const note = (warning: Error) => warnings.push(warning);
	process.on('warning', note);
	const abort = new AbortController();
	const runs = Array.from({length: 20}, async () => shell.run(['sleep', '30'], {signal: abort.signal}));
	setTimeout(() => abort.abort(new Error('interrupted')), 50);
	const ends = await Promise.allSettled(runs);
	process.off('warning', note);
	t.true(ends.every(end => end.status === 'rejected' && end.reason instanceof TransportError));
	t.deepEqual(warnings, []);
});

test('run: 50 MB of output', async t => {
	const {stdout} = await shell.run(['sh', '-c', 'head -c 52428800 /dev/zero | tr "\\0" x']);
	t.is(stdout.length, 52_428_800);
});

test('converse: lines, last words, no more after the end', async t => {
	const talk = shell.converse([
		'sh',
		'-c',
		'while read -r line; do echo "<$line>"; [ "$line" = end ] && { echo "done for" >&2; printf rest; exit 4; }; done',
	]);
	talk.send('one');
	talk.send('end');
	const lines: string[] = [];
	for await (const line of talk.lines) {
		lines.push(line);
	}

	t.deepEqual(lines, ['<one>', '<end>', 'rest']);
	t.deepEqual(await talk.ended, {exitCode: 4, signal: undefined, stderr: 'done for\n'});
	t.throws(() => talk.send('more'), {instanceOf: TransportError, message: /^here: .* has ended \(exit code 4\): done for$/});
	await talk.close();
});

test('converse: what cannot be started has ended', async t => {
	const talk = shell.converse(['no-such-program']);
	t.deepEqual(await talk.ended, {exitCode: undefined, signal: undefined, stderr: 'spawn no-such-program ENOENT'});
	t.throws(() => talk.send('x'), {instanceOf: TransportError, message: /no-such-program/});
	for await (const line of talk.lines) {
		t.fail(line);
	}

	await talk.close();
});

test('converse: ended although nobody reads its lines', async t => {
	const talk = shell.converse(['yes']);
	process.kill(talk.pid!, 'SIGKILL');
	t.is((await talk.ended).signal, 'SIGKILL');
	const abort = new AbortController();
	const aborted = shell.converse(['cat'], {signal: abort.signal});
	abort.abort();
	t.is((await aborted.ended).signal, 'SIGTERM');
});

test('quote: can be pasted', async t => {
	const argv = ['printf', '%s|', 'plain', 'two words', "it's", '$HOME', '', 'a\nb'];
	t.is((await shell.run(['sh', '-c', quote(argv)])).stdout, "plain|two words|it's|$HOME||a\nb|");
	t.is(brief(['node', '--eval', 'x '.repeat(1000)]).length, 158);
});
