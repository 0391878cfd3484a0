import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {setTimeout as delay} from 'node:timers/promises';
import test from 'ava';
import {openShells} from '../../../lib/shell/shells.ts';
import {TransportError} from '../../../lib/shell/shell.ts';
import {succeed} from '../../../lib/shell/succeed.ts';
import type {ClusterRef, NodeRef} from '../../../lib/target.ts';
import {onHost} from '../host.ts';

/** A cluster that `vipcheck up` made; its directory is given by whoever runs these tests. Its nodes are whatever its provider made them. */
const cluster = JSON.parse(await readFile(join(process.env['VIPCHECK_CLUSTER'] as string, 'cluster.json'), 'utf8')) as ClusterRef;
const node = cluster.nodes.at(-1) as NodeRef;
const shell = (await openShells(cluster)).node(node.name);
const {power} = node.domain as NonNullable<NodeRef['domain']>;

const until = async (holds: () => Promise<boolean>): Promise<boolean> => {
	for (let tries = 0; tries < 100; tries++) {
		if (await holds()) return true;
		await delay(200);
	}
	return false;
};
/** How many commands with this word run on the node: the word is made so that the look does not find itself. */
const running = async (word: string): Promise<boolean> => {
	const {stdout} = await shell.run([
		'sh',
		'-c',
		`cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' ' ' | grep -c "sleep $1$2" || true`,
		'look',
		word.slice(0, 2),
		word.slice(2),
	]);
	return Number(stdout) > 0;
};

test.serial('exit code, output, errors and input of a command on a node', async t => {
	const argv = ['sh', '-c', 'cat; echo out; echo err >&2; exit 3'];
	const {ms, ...result} = await shell.run(argv, {stdin: 'in '});
	t.deepEqual(result, {argv, where: node.name, exitCode: 3, stdout: 'in out\n', stderr: 'err\n'});
	t.true(ms > 0);
	t.is((await shell.run(['sh', '-c', 'kill -9 $$'])).exitCode, 137);
	t.is((await shell.run(['sh', '-c', 'echo "$GREETING $LC_ALL"'], {env: {GREETING: "it's"}})).stdout, "it's C\n");
	t.is((await shell.run(['hostname'])).stdout, `${node.name}\n`);
	await t.throwsAsync(shell.run(['no-such-program']), {instanceOf: TransportError, message: /was not run: .*no-such-program/});
});

test.serial('5 MB each way', async t => {
	const text = 'x'.repeat(5_000_000);
	const {stdout, ms} = await shell.run(['cat'], {stdin: text});
	t.true(stdout === text, `${stdout.length} of ${text.length} characters came back`);
	t.log(`${ms} ms for 5 MB in and out`);
});

test.serial('time limits and aborted signals end a command on a node', async t => {
	await t.throwsAsync(shell.run(['sleep', '7301'], {timeoutMs: 1500}), {
		instanceOf: TransportError,
		message: /did not end within 1500 ms/,
	});
	t.true(await until(async () => !(await running('7301'))));
	const abort = new AbortController();
	const aborted = shell.run(['sh', '-c', 'trap "" TERM; sleep 7302 & wait; sleep 7302'], {signal: abort.signal});
	t.true(await until(async () => running('7302')));
	abort.abort(new Error('interrupted'));
	await t.throwsAsync(aborted, {instanceOf: TransportError, message: /interrupted/});
	t.true(await until(async () => !(await running('7302'))));
});

test.serial('a node that loses its power in the middle of a command', async t => {
	const started = shell.converse(['sh', '-c', 'echo there; exec sleep 600']);
	for await (const line of started.lines) {
		t.is(line, 'there');
		break;
	}
	await succeed(shell, ['sh', '-c', 'echo kept > /var/lib/kubelet/vipcheck-kept']);
	const killed = shell.run(['sleep', '600']).catch((error: unknown) => error);
	await delay(500);
	await onHost(power.off);
	await started.ended;
	const result = await killed;
	t.true(result instanceof TransportError || (result as {exitCode?: number}).exitCode === 137, String(result));
	await t.throwsAsync(shell.run(['true']), {instanceOf: TransportError});
	await onHost(power.on);
	t.is((await shell.run(['cat', '/var/lib/kubelet/vipcheck-kept'])).stdout, 'kept\n', 'its disk is as it was');
	await succeed(shell, ['rm', '/var/lib/kubelet/vipcheck-kept']);
});
