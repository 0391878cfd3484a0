import {mkdtemp, readFile, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import test from 'ava';
import {localShell} from './transports/local.ts';
import {CommandError, succeed} from './succeed.ts';

const shell = localShell('here');

test('a failed program is told with the command to paste, its exit code and its last lines', async t => {
	const error = await t.throwsAsync(succeed(shell, ['sh', '-c', 'echo said >&2; exit 3']), {instanceOf: CommandError});
	t.regex(error.message, /^exit 3 from: sh -c 'echo said >&2; exit 3'\nsaid/);
});

test('standard output is the answer, and the log has all that was said', async t => {
	const dir = await mkdtemp(join(tmpdir(), 'vipcheck-succeed-'));
	t.teardown(async () => rm(dir, {recursive: true}));
	const log = join(dir, 'log');
	t.is(await succeed(shell, ['sh', '-c', 'cat; echo beside >&2'], {stdin: 'in\n', log}), 'in\n');
	t.is(await readFile(log, 'utf8'), "here $ sh -c 'cat; echo beside >&2'\nin\nbeside\n");
	const error = await t.throwsAsync(succeed(shell, ['false'], {log}), {instanceOf: CommandError});
	t.is(error.message, `exit 1 from: false\n(log: ${log})`);
});

test('an aborted signal is told by its own reason', async t => {
	const reason = new Error('interrupted by SIGINT');
	const abort = new AbortController();
	setTimeout(() => abort.abort(reason), 100);
	t.is(await t.throwsAsync(succeed(shell, ['sleep', '30'], {signal: abort.signal})), reason);
});
