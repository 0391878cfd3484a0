import test, {type ExecutionContext} from 'ava';
import {once} from 'node:events';
import type {Socket} from 'node:net';
import {Worker} from 'node:worker_threads';
import {DIAL_TIMEOUT_MS} from '../limits.ts';
import {localShell} from '../shell/transports/local.ts';
import {loopback, reply} from '../../test/loopback.ts';
import {openVantage} from './open.ts';
import type {Dial, Vantage} from './vantage.ts';

const {speaking, echo, udpEcho, freePort, close} = loopback();
const node = {nodePath: process.execPath};

/** Long enough for the servers of this process to have answered, also on a busy machine. */
const SHORT_MS = 800;

let place: Vantage;
test.before(async () => {
	place = await openVantage(localShell('client'), node);
});
test.after.always(async () => {
	close();
	await place.close();
});

const one = async (t: ExecutionContext, port: number, {protocol = 'TCP' as 'TCP' | 'UDP', timeoutMs = 10_000, ip = '127.0.0.1'} = {}) => {
	const [dial, ...more] = await place.dial({ip, port, protocol}, {count: 1, timeoutMs});
	t.deepEqual(more, []);
	return dial!;
};

const detailOf = (dial: Dial) => (dial.outcome === 'answered' ? `${dial.backend} ${dial.sourceIp}` : dial.detail);

test('answered: backend and source of the same connection', async t => {
	const dial = await one(t, await echo(['web-0']));
	t.like(dial, {outcome: 'answered', backend: 'web-0', sourceIp: '127.0.0.1'});
	t.true(dial.localPort! > 1023 && dial.ms > 0 && dial.at >= 0);
});

test('answered over IPv6', async t => {
	t.like(await one(t, await echo(['web-0'], '::1'), {ip: '::1'}), {outcome: 'answered', backend: 'web-0', sourceIp: '::1'});
});

const tcp: readonly [string, (talk: Socket) => void, Dial['outcome'], RegExp][] = [
	[
		'answers in crumbs',
		talk => {
			let crumbs = reply('web-0') + reply('10.0.0.9:4711');
			const timer = setInterval(() => {
				talk.write(crumbs.slice(0, 40));
				crumbs = crumbs.slice(40);
				if (crumbs === '') {
					clearInterval(timer);
				}
			}, 2);
		},
		'answered',
		/^web-0 10\.0\.0\.9$/,
	],
	['accepts and never answers', () => undefined, 'timeout', /^0 bytes received$/],
	['stops in the middle', talk => talk.write(reply('web-0').slice(0, -2)), 'timeout', /^\d+ bytes received "HTTP\/1\.1 200 OK.*web"$/],
	['answers one question of two', talk => talk.write(reply('web-0')), 'timeout', /web-0"$/],
	['resets at once', talk => talk.resetAndDestroy(), 'reset', /^ECONNRESET \((read|connect)\)$/],
	[
		'resets after the first answer',
		talk =>
			talk.on('data', () =>
				talk.writableLength === 0 && talk.bytesWritten === 0 ? talk.write(reply('web-0')) : talk.resetAndDestroy(),
			),
		'reset',
		/^ECONNRESET \(read\), \d+ bytes received .*web-0"$/,
	],
	[
		'closes before it has said all',
		talk => talk.end(reply('web-0').slice(0, -2)),
		'reset',
		/^closed by the other side, \d+ bytes received/,
	],
	['is no echo server', talk => talk.write('SSH-2.0-OpenSSH_9.2\r\n'), 'answered', /^unknown: SSH-2\.0-OpenSSH_9\.2 $/],
	[
		'is another HTTP server',
		talk => talk.write('HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n'),
		'answered',
		/^unknown: HTTP\/1\.1 404 Not Found $/,
	],
];
for (const [name, onTalk, outcome, detail] of tcp) {
	test(`TCP server that ${name}: ${outcome}`, async t => {
		const dial = await one(t, await speaking(onTalk), {timeoutMs: outcome === 'timeout' ? SHORT_MS : 10_000});
		t.is(dial.outcome, outcome);
		t.regex(detailOf(dial), detail);
		t.true(outcome !== 'timeout' || dial.ms >= SHORT_MS - 1, `${dial.ms} ms`);
	});
}

test('an established connection is not given up when the server is slower than a lost SYN', async t => {
	const port = await speaking(talk => {
		let asked = 0;
		talk.on('data', () => setTimeout(() => talk.write(reply(asked++ === 0 ? 'slow' : '127.0.0.1:1')), (2 * DIAL_TIMEOUT_MS) / 3));
	});
	const [dial] = await place.dial({ip: '127.0.0.1', port}, {count: 1});
	t.like(dial, {outcome: 'answered', backend: 'slow'});
	t.true(dial!.ms > DIAL_TIMEOUT_MS, `${dial!.ms} ms`);
});

test('TCP refused', async t => {
	t.like(await one(t, await freePort()), {outcome: 'refused', detail: 'ECONNREFUSED (connect)'});
});

test('TCP timeout: nobody answers the SYN', async t => {
	// A listener that is never run: its queue holds two connections, then the kernel drops SYNs.
	const source = `const {workerData, parentPort} = require('node:worker_threads'); const server = require('node:net').createServer();
		server.listen({port: 0, host: '127.0.0.1', backlog: 1}, () => { parentPort.postMessage(server.address().port); Atomics.wait(workerData, 0, 0); process.exit(); });`;
	const gate = new Int32Array(new SharedArrayBuffer(4));
	const worker = new Worker(source, {eval: true, workerData: gate});
	const [port] = (await once(worker, 'message')) as [number];
	const dials = await place.dial({ip: '127.0.0.1', port}, {count: 6, timeoutMs: 300});
	Atomics.store(gate, 0, 1);
	Atomics.notify(gate, 0);
	await once(worker, 'exit');
	t.true(dials.every(dial => dial.outcome === 'timeout'));
	t.deepEqual([...new Set(dials.map(dial => detailOf(dial)))].toSorted(), ['0 bytes received', 'no answer to SYN']);
	t.is(new Set(dials.map(({localPort}) => localPort)).size, 6, 'the port is told where nobody answered, too');
	t.true(dials.every(({localPort = 0}) => localPort > 1023));
});

const udp: readonly [string, (question: string) => string | undefined, Dial['outcome'], RegExp][] = [
	['answers both', question => (question === 'hostname' ? 'web-0' : 'CLIENT'), 'answered', /^web-0 127\.0\.0\.1$/],
	['answers one question of two', question => (question === 'hostname' ? 'web-0' : undefined), 'timeout', /^5 bytes received "web-0"$/],
	['answers nothing', () => undefined, 'timeout', /^0 bytes received$/],
];
for (const [name, answer, outcome, detail] of udp) {
	test(`UDP server that ${name}: ${outcome}`, async t => {
		const dial = await one(t, await udpEcho(answer), {protocol: 'UDP', timeoutMs: outcome === 'timeout' ? SHORT_MS : 10_000});
		t.is(dial.outcome, outcome);
		t.regex(detailOf(dial), detail);
		t.true(dial.localPort! > 1023);
	});
}

test('UDP refused', async t => {
	t.like(await one(t, await freePort(), {protocol: 'UDP'}), {outcome: 'refused', detail: 'ECONNREFUSED (recvmsg)'});
});

// Alone: the servers of all tests share this process.
test.serial('600 connections: every one new, none tried again', async t => {
	const port = await echo(['a', 'b', 'c']);
	const began = performance.now();
	const fresh = await openVantage(localShell('client'), node);
	const dials = await fresh.dial({ip: '127.0.0.1', port}, {count: 600, close: 'rst', timeoutMs: 10_000});
	t.log(`start and 600 connections in ${Math.round(performance.now() - began)} ms`);
	await fresh.close();
	// The server deals its names out by connection.
	const counts = Object.groupBy(dials, dial => (dial.outcome === 'answered' ? dial.backend : dial.outcome));
	t.deepEqual(
		Object.entries(counts)
			.map(([name, some]) => [name, some?.length])
			.toSorted(),
		[
			['a', 200],
			['b', 200],
			['c', 200],
		],
	);
	t.deepEqual(
		dials.map(dial => dial.at),
		dials.map(dial => dial.at).toSorted((a, b) => a - b),
	);
});

test('a batch holds its concurrency, batches run side by side', async t => {
	let held = 0;
	let most = 0;
	const port = await speaking(talk => {
		most = Math.max(most, ++held);
		talk.resume().on('close', () => held--);
		setTimeout(() => talk.write(reply('web-0') + reply('10.0.0.9:4711')), 20);
	});
	const [slow, fast] = await Promise.all([
		place.dial({ip: '127.0.0.1', port}, {count: 40, concurrency: 8, timeoutMs: 10_000}),
		place.dial({ip: '127.0.0.1', port: await echo(['x'])}, {count: 40, timeoutMs: 10_000}),
	]);
	t.true(slow.every(dial => detailOf(dial) === 'web-0 10.0.0.9') && fast.every(dial => detailOf(dial) === 'x 127.0.0.1'));
	t.true(most < 20 && most >= 4, `${most} at the same time`);
});

test('a fixed source port, again and again', async t => {
	const to = {ip: '127.0.0.1', port: await echo(['web-0'])};
	const localPort = await freePort();
	const dials = await place.dial(to, {count: 5, localPort, timeoutMs: 10_000});
	t.deepEqual(
		dials.map(dial => [dial.outcome, dial.localPort]),
		Array.from({length: 5}, () => ['answered', localPort]),
	);
	const udpDials = await place.dial(
		{ip: '127.0.0.1', port: await udpEcho(question => (question === 'hostname' ? 'web-0' : 'CLIENT')), protocol: 'UDP'},
		{count: 5, localPort, timeoutMs: 10_000},
	);
	t.deepEqual(
		udpDials.map(dial => [dial.outcome, dial.localPort]),
		Array.from({length: 5}, () => ['answered', localPort]),
	);
	await t.throwsAsync(place.dial(to, {count: 2, localPort, concurrency: 2}), {
		instanceOf: RangeError,
		message: /a port serves one at a time/,
	});
});
