import test, {type ExecutionContext} from 'ava';
import dgram from 'node:dgram';
import {once} from 'node:events';
import http from 'node:http';
import net, {type AddressInfo, type Socket} from 'node:net';
import {Worker} from 'node:worker_threads';
import {localShell} from '../shell/local.ts';
import {TransportError, type Conversation, type Shell} from '../shell/shell.ts';
import {openVantage} from './open.ts';
import type {Dial, Vantage} from './vantage.ts';

const node = {nodePath: process.execPath};
const opened: Promise<Vantage>[] = [];
const vantage = (): Promise<Vantage> => {
	opened.push(opened[0] ?? openVantage(localShell('client'), {...node, dnsServer: '127.0.0.1:1'}));
	return opened[0]!;
};

const servers: (net.Server | dgram.Socket)[] = [];
const talks: Socket[] = [];
test.after.always(async () => {
	servers.map(server => server.close());
	talks.map(talk => talk.destroy());
	await Promise.all(opened.slice(0, 1).map(async place => (await place).close()));
});

const listening = async (server: net.Server, host = '127.0.0.1'): Promise<number> => {
	servers.push(server.on('connection', (talk: Socket) => talks.push(talk.on('error', () => undefined))));
	await once(server.listen(0, host), 'listening');
	return (server.address() as AddressInfo).port;
};

const speaking = (onTalk: (talk: Socket) => void, host?: string) => listening(net.createServer(onTalk), host);

const bracketed = (address: string, port: number) => (net.isIPv6(address) ? `[${address}]:${port}` : `${address}:${port}`);

/** What agnhost netexec does: the host name and the client's address. */
const echo = (names: readonly string[], host?: string) => {
	let connections = 0;
	const nameOf = new WeakMap<Socket, string>();
	const server = http.createServer((request, response) => {
		const {socket} = request;
		nameOf.set(socket, nameOf.get(socket) ?? names[connections++ % names.length]!);
		response.end(request.url === '/hostname' ? nameOf.get(socket) : bracketed(socket.remoteAddress!, socket.remotePort!));
	});
	return listening(server, host);
};

const udpEcho = async (answer: (question: string, port: number) => string | undefined): Promise<number> => {
	const socket = dgram.createSocket('udp4');
	servers.push(socket);
	socket.on('message', (message, {address, port}) => {
		const reply = answer(message.toString(), port);
		if (reply !== undefined) {
			socket.send(reply.replace('CLIENT', `${address}:${port}`), port, address);
		}
	});
	await once(socket.bind(0, '127.0.0.1'), 'listening');
	return socket.address().port;
};

/** A port that nothing listens on. */
const freePort = async (): Promise<number> => {
	const server = net.createServer();
	await once(server.listen(0, '127.0.0.1'), 'listening');
	const {port} = server.address() as AddressInfo;
	server.close();
	return port;
};

const reply = (body: string) => `HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: ${body.length}\r\n\r\n${body}`;

const one = async (t: ExecutionContext, port: number, {protocol = 'TCP' as 'TCP' | 'UDP', timeoutMs = 1500, ip = '127.0.0.1'} = {}) => {
	const dials = await (await vantage()).dial({ip, port, protocol}, {count: 1, timeoutMs});
	t.is(dials.length, 1);
	return dials[0]!;
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
	['answers in crumbs', talk => {
		let crumbs = reply('web-0') + reply('10.0.0.9:4711');
		const timer = setInterval(() => {
			talk.write(crumbs.slice(0, 40));
			crumbs = crumbs.slice(40);
			if (crumbs === '') {
				clearInterval(timer);
			}
		}, 2);
	}, 'answered', /^web-0 10\.0\.0\.9$/],
	['accepts and never answers', () => undefined, 'timeout', /^0 bytes received$/],
	['stops in the middle', talk => talk.write(reply('web-0').slice(0, -2)), 'timeout', /^\d+ bytes received "HTTP\/1\.1 200 OK.*web"$/],
	['answers one question of two', talk => talk.write(reply('web-0')), 'timeout', /web-0"$/],
	['resets at once', talk => talk.resetAndDestroy(), 'reset', /^ECONNRESET \((read|connect)\)$/],
	['resets after the first answer', talk => talk.on('data', () => talk.writableLength === 0 && talk.bytesWritten === 0 ? talk.write(reply('web-0')) : talk.resetAndDestroy()), 'reset', /^ECONNRESET \(read\), \d+ bytes received .*web-0"$/],
	['closes before it has said all', talk => talk.end(reply('web-0').slice(0, -2)), 'reset', /^closed by the other side, \d+ bytes received/],
	['is no echo server', talk => talk.write('SSH-2.0-OpenSSH_9.2\r\n'), 'answered', /^unknown: SSH-2\.0-OpenSSH_9\.2 $/],
	['is another HTTP server', talk => talk.write('HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n'), 'answered', /^unknown: HTTP\/1\.1 404 Not Found $/],
];
for (const [name, onTalk, outcome, detail] of tcp) {
	test(`TCP server that ${name}: ${outcome}`, async t => {
		const dial = await one(t, await speaking(onTalk), {timeoutMs: outcome === 'timeout' ? 200 : 3000});
		t.is(dial.outcome, outcome);
		t.regex(detailOf(dial), detail);
		t.true(outcome !== 'timeout' || (dial.ms >= 199 && dial.ms < 2000), `${dial.ms} ms`);
	});
}

test('TCP refused', async t => {
	t.like(await one(t, await freePort()), {outcome: 'refused', detail: 'ECONNREFUSED (connect)'});
});

test('TCP timeout: nobody answers the SYN', async t => {
	// A listener that is never run: its queue holds two connections, then the kernel drops SYNs.
	const source = `const {workerData, parentPort} = require('node:worker_threads'); const server = require('node:net').createServer();
		server.listen({port: 0, host: '127.0.0.1', backlog: 1}, () => { parentPort.postMessage(server.address().port); Atomics.wait(workerData, 0, 0); process.exit(); });`;
	const gate = new Int32Array(new SharedArrayBuffer(4));
	const worker = new Worker(source, {eval: true, workerData: gate});
	const [port] = await once(worker, 'message') as [number];
	const dials = await (await vantage()).dial({ip: '127.0.0.1', port}, {count: 6, timeoutMs: 300});
	Atomics.store(gate, 0, 1);
	Atomics.notify(gate, 0);
	await once(worker, 'exit');
	t.true(dials.every(dial => dial.outcome === 'timeout'));
	t.deepEqual([...new Set(dials.map(dial => detailOf(dial)))].toSorted(), ['0 bytes received', 'no answer to SYN']);
});

const udp: readonly [string, (question: string) => string | undefined, Dial['outcome'], RegExp][] = [
	['answers both', question => (question === 'hostname' ? 'web-0' : 'CLIENT'), 'answered', /^web-0 127\.0\.0\.1$/],
	['answers one question of two', question => (question === 'hostname' ? 'web-0' : undefined), 'timeout', /^5 bytes received "web-0"$/],
	['answers nothing', () => undefined, 'timeout', /^0 bytes received$/],
];
for (const [name, answer, outcome, detail] of udp) {
	test(`UDP server that ${name}: ${outcome}`, async t => {
		const dial = await one(t, await udpEcho(answer), {protocol: 'UDP', timeoutMs: outcome === 'timeout' ? 200 : 3000});
		t.is(dial.outcome, outcome);
		t.regex(detailOf(dial), detail);
		t.true(dial.localPort! > 1023);
	});
}

test('UDP refused', async t => {
	t.like(await one(t, await freePort(), {protocol: 'UDP'}), {outcome: 'refused', detail: 'ECONNREFUSED (recvmsg)'});
});

test('600 connections: every one new, none tried again', async t => {
	const port = await echo(['a', 'b', 'c']);
	const began = performance.now();
	const place = await openVantage(localShell('client'), node);
	const dials = await place.dial({ip: '127.0.0.1', port}, {count: 600, close: 'rst'});
	t.log(`start and 600 connections in ${Math.round(performance.now() - began)} ms`);
	await place.close();
	const counts = Object.groupBy(dials, dial => (dial.outcome === 'answered' ? dial.backend : dial.outcome));
	t.deepEqual(Object.entries(counts).map(([name, some]) => [name, some?.length]).toSorted(), [['a', 200], ['b', 200], ['c', 200]]);
	t.is(new Set(dials.map(dial => dial.localPort)).size, 600);
	t.deepEqual(dials.map(dial => dial.at), dials.map(dial => dial.at).toSorted((a, b) => a - b));
});

test('a batch holds its concurrency, batches run side by side', async t => {
	let held = 0;
	let most = 0;
	const port = await speaking(talk => {
		most = Math.max(most, ++held);
		talk.resume().on('close', () => held--);
		setTimeout(() => talk.write(reply('web-0') + reply('10.0.0.9:4711')), 20);
	});
	const place = await vantage();
	const [slow, fast] = await Promise.all([place.dial({ip: '127.0.0.1', port}, {count: 40, concurrency: 8}), place.dial({ip: '127.0.0.1', port: await echo(['x'])}, {count: 40})]);
	t.true(slow.every(dial => detailOf(dial) === 'web-0 10.0.0.9') && fast.every(dial => detailOf(dial) === 'x 127.0.0.1'));
	t.true(most <= 10 && most >= 4, `${most} at the same time`);
});

test('a fixed source port, again and again', async t => {
	const place = await vantage();
	const to = {ip: '127.0.0.1', port: await echo(['web-0'])};
	const localPort = await freePort();
	const dials = await place.dial(to, {count: 5, localPort});
	t.deepEqual(dials.map(dial => [dial.outcome, dial.localPort]), Array.from({length: 5}, () => ['answered', localPort]));
	const udpDials = await place.dial({ip: '127.0.0.1', port: await udpEcho(question => (question === 'hostname' ? 'web-0' : 'CLIENT')), protocol: 'UDP'}, {count: 5, localPort});
	t.deepEqual(udpDials.map(dial => [dial.outcome, dial.localPort]), Array.from({length: 5}, () => ['answered', localPort]));
	await t.throwsAsync(place.dial(to, {count: 2, localPort, concurrency: 2}), {instanceOf: RangeError, message: /a port serves one at a time/});
});

test('what we cannot even try is a TransportError', async t => {
	const busy = await echo(['web-0']);
	await t.throwsAsync((await vantage()).dial({ip: '127.0.0.1', port: await freePort()}, {count: 1, localPort: busy}), {instanceOf: TransportError, message: /^client: the prober could not try: .*EADDR/});
	await t.throwsAsync((await vantage()).dial({ip: '127.0.0.1', port: 70_000}, {count: 1}), {instanceOf: TransportError, message: /could not try: .*port/i});
	t.like(await one(t, busy), {outcome: 'answered'}, 'and the prober goes on');
});

test('the prober does not start', async t => {
	await t.throwsAsync(openVantage(localShell('client'), {nodePath: '/nowhere/node'}), {instanceOf: TransportError, message: /^client: the prober has ended \(exit code none\): spawn \/nowhere\/node ENOENT$/});
	await t.throwsAsync(openVantage(localShell('client'), {nodePath: 'false'}), {instanceOf: TransportError, message: /^client: the prober has ended \(exit code 1\)$/});
	await t.throwsAsync(openVantage(localShell('client'), {nodePath: 'echo'}), {instanceOf: TransportError, message: /^client: the prober cannot be understood: SyntaxError/});
});

test('the prober dies in the middle: all that is pending rejects with its last words', async t => {
	const talks: Conversation[] = [];
	const local = localShell('client');
	const shell: Shell = {...local, converse: (...call) => talks[talks.push(local.converse(...call)) - 1]!};
	const port = await speaking(() => undefined);
	for (const [end, message] of [
		[(pid: number) => process.kill(pid, 'SIGKILL'), /^client: the prober has ended \(SIGKILL\)$/],
		[() => talks.at(-1)!.send('not JSON'), /^client: the prober has ended \(exit code 1\): [^]*SyntaxError/],
	] as const) {
		const place = await openVantage(shell, node);
		const pending = [place.dial({ip: '127.0.0.1', port}, {count: 100}), place.lookup('a', 'A', {server: '127.0.0.1:1', timeoutMs: 5000}).catch(() => 'refused'), place.dial({ip: '127.0.0.1', port}, {count: 1})];
		setTimeout(() => end(talks.at(-1)!.pid!), 100);
		const [first, , third] = await Promise.allSettled(pending);
		for (const {reason} of [first, third] as PromiseRejectedResult[]) {
			t.true(reason instanceof TransportError);
			t.regex((reason as Error).message, message);
		}

		await t.throwsAsync(place.dial({ip: '127.0.0.1', port}, {count: 1}), {instanceOf: TransportError, message});
		await place.close();
	}
});

test('the prober is stopped for a while: its own absence is not counted as silence of others', async t => {
	const talks: Conversation[] = [];
	const local = localShell('client');
	const place = await openVantage({...local, converse: (...call) => talks[talks.push(local.converse(...call)) - 1]!}, node);
	const port = await speaking(talk => talk.on('data', question => setTimeout(() => talk.write(reply(question.includes('hostname') ? 'web-0' : '10.0.0.9:4711')), 60)));
	const pending = place.dial({ip: '127.0.0.1', port}, {count: 20, timeoutMs: 300});
	setTimeout(() => process.kill(talks[0]!.pid!, 'SIGSTOP'), 30);
	setTimeout(() => process.kill(talks[0]!.pid!, 'SIGCONT'), 630);
	const dials = await pending;
	await place.close();
	t.deepEqual([...new Set(dials.map(dial => detailOf(dial)))], ['web-0 10.0.0.9']);
	t.true(dials[0]!.ms > 500);
});

test('it knows its own addresses', async t => {
	const {ips, name} = await vantage();
	t.is(name, 'client');
	t.true(ips.every(ip => net.isIP(ip) > 0 && !ip.startsWith('127.') && ip !== '::1'));
});
