import {spawn} from 'node:child_process';
import {existsSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {setTimeout as pause} from 'node:timers/promises';
import test from 'ava';
import {acquireLocks} from '../check/locks.ts';
import {PROJECT} from '../paths.ts';
import {TransportError} from '../shell/shell.ts';
import {loadChecks} from './checks.ts';
import {conflict, grantable, serveLocks} from './locks.ts';
import type {Claim} from './locks.ts';

const claim = (...exclusive: string[]): Claim => ({target: 'here', exclusive, shared: exclusive.includes('cluster') ? [] : ['cluster']});

const uses = (...names: string[]): Claim => ({target: 'here', exclusive: [], shared: [...names, 'cluster']});

for (const [name, a, b, expected] of [
	['two ordinary checks', claim(), claim(), false],
	['the same lock', claim('rules'), claim('rules'), true],
	['different locks', claim('rules'), claim('dns'), false],
	['the cluster and anything', claim('cluster'), claim(), true],
	['one that uses what another wants alone', uses('dns'), claim('dns'), true],
	['two that use the same', uses('dns'), uses('dns'), false],
	['the cluster twice', claim('cluster'), claim('cluster'), true],
] as const)
	test(`conflict: ${name}`, t => {
		t.is(conflict(a, b), expected);
		t.is(conflict(b, a), expected);
	});

for (const [name, held, waiting, seats, expected] of [
	['all side by side', [], [claim(), claim('rules'), claim('dns')], 9, [0, 1, 2]],
	['first come, first served', [], [claim('rules'), claim('rules')], 9, [0]],
	['a wish for the cluster waits for those that go side by side', [claim()], [claim('cluster'), claim()], 9, [1]],
	['… also where nobody runs yet', [], [claim('cluster'), claim('rules')], 9, [1]],
	['… and comes when nobody else waits, one at a time', [], [claim('cluster'), claim('cluster')], 9, [0]],
	['… not beside a last one that runs', [claim()], [claim('cluster')], 9, []],
	['an unrelated one may overtake', [claim('rules')], [claim('rules'), claim('dns')], 9, [1]],
	['no deadlock: all or nothing', [claim('rules')], [claim('rules', 'dns'), claim('dns')], 9, []],
	['seats', [claim()], [claim(), claim()], 2, [0]],
] as const)
	test(`grantable: ${name}`, t => {
		t.deepEqual(
			grantable<Claim>(held, waiting, seats),
			expected.map(index => waiting[index]!),
		);
	});

const forever = new AbortController().signal;

test('a lock is held alone and handed on in order', async t => {
	const server = await serveLocks(9);
	t.teardown(() => server.close());
	const order: string[] = [];
	const first = await acquireLocks(server.path, 'here', {exclusive: ['rules']}, forever);
	const second = acquireLocks(server.path, 'here', {exclusive: ['rules']}, forever).then(release => {
		order.push('second');
		return release;
	});
	await pause(20);
	const third = acquireLocks(server.path, 'here', {exclusive: ['rules']}, forever).then(release => {
		order.push('third');
		return release;
	});
	await pause(20);
	t.deepEqual(order, []);
	first();
	(await second)();
	(await third)();
	t.deepEqual(order, ['second', 'third']);
});

test('targets share the seats, not the locks', async t => {
	const server = await serveLocks(2);
	t.teardown(() => server.close());
	const first = await acquireLocks(server.path, 'here', {exclusive: ['rules']}, forever);
	const second = await acquireLocks(server.path, 'there', {exclusive: ['rules']}, forever);
	const third = acquireLocks(server.path, 'yonder', {}, forever);
	t.is(await Promise.race([third, pause(50, 'no seat')]), 'no seat');
	first();
	(await third)();
	second();
});

test('a killed holder gives its locks back at once', async t => {
	const server = await serveLocks(9);
	t.teardown(() => server.close());
	const script = `const {acquireLocks} = await import(${JSON.stringify(new URL('../check/locks.ts', import.meta.url).href)});
		await acquireLocks(${JSON.stringify(server.path)}, 'here', {exclusive: ['cluster']}, new AbortController().signal);
		process.stdout.write('holding'); setInterval(() => {}, 1000);`;
	const child = spawn(process.execPath, ['--input-type=module', '-e', script], {stdio: ['ignore', 'pipe', 'inherit']});
	t.teardown(() => child.kill('SIGKILL'));
	await new Promise(resolve => child.stdout.once('data', resolve));
	const waiting = acquireLocks(server.path, 'here', {}, forever);
	t.is(await Promise.race([waiting, pause(100, 'waits')]), 'waits');
	child.kill('SIGKILL');
	(await waiting)();
});

test('waiting ends with the signal and with the run', async t => {
	const server = await serveLocks(9);
	const release = await acquireLocks(server.path, 'here', {exclusive: ['cluster']}, forever);
	const controller = new AbortController();
	const aborted = acquireLocks(server.path, 'here', {}, controller.signal);
	const orphaned = acquireLocks(server.path, 'here', {}, forever);
	controller.abort(new Error('enough'));
	await t.throwsAsync(aborted, {message: 'enough'});
	await server.close();
	await t.throwsAsync(orphaned, {instanceOf: TransportError, message: /the run that serves them is gone/});
	release();
	t.false(existsSync(server.path));
});

test("who judges how connections are dealt out uses kube-proxy's configuration, which others change", async t => {
	const dealing = (await loadChecks()).filter(({id}) =>
		readFileSync(join(PROJECT, 'suites', `${id}.ts`), 'utf8').includes('judgeBalance('),
	);
	t.true(dealing.length >= 7);
	for (const {id, check} of dealing) t.true(check.uses?.includes('proxy') || check.exclusive?.includes('cluster'), id);
});
