import test from 'ava';
import net from 'node:net';
import {localShell} from '../shell/transports/local.ts';
import {TransportError, type Conversation, type Shell} from '../shell/shell.ts';
import {loopback, reply} from '../../test/loopback.ts';
import {openVantage} from './open.ts';

const {speaking, echo, freePort, close} = loopback();
const node = {nodePath: process.execPath};
test.after.always(close);

test('what we cannot even try is a TransportError', async t => {
	const place = await openVantage(localShell('client'), node);
	t.teardown(() => place.close());
	const busy = await echo(['web-0']);
	await t.throwsAsync(place.dial({ip: '127.0.0.1', port: await freePort()}, {count: 1, localPort: busy}), {
		instanceOf: TransportError,
		message: /^client: the prober could not try: .*EADDR/,
	});
	for (const to of [
		{ip: '127.0.0.1', port: 70_000},
		{ip: 'localhost', port: 80},
	]) {
		await t.throwsAsync(place.dial(to, {count: 1}), {instanceOf: RangeError, message: /is not an IP address and a port/});
	}

	t.like((await place.dial({ip: '127.0.0.1', port: busy}, {count: 1}))[0], {outcome: 'answered'}, 'and the prober goes on');
});

test('the prober does not start', async t => {
	await t.throwsAsync(openVantage(localShell('client'), {nodePath: '/nowhere/node'}), {
		instanceOf: TransportError,
		message: /^client: the prober has ended \(exit code none\): spawn \/nowhere\/node ENOENT$/,
	});
	await t.throwsAsync(openVantage(localShell('client'), {nodePath: 'false'}), {
		instanceOf: TransportError,
		message: /^client: the prober has ended \(exit code 1\)$/,
	});
	await t.throwsAsync(openVantage(localShell('client'), {nodePath: 'echo'}), {
		instanceOf: TransportError,
		message: /^client: the prober cannot be understood: SyntaxError/,
	});
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
		t.teardown(() => place.close());
		const pending = [
			place.dial({ip: '127.0.0.1', port}, {count: 100}),
			place.lookup('a', 'A', {server: '127.0.0.1:1', timeoutMs: 5000}).catch(() => 'refused'),
			place.dial({ip: '127.0.0.1', port}, {count: 1}),
		];
		setTimeout(() => end(talks.at(-1)!.pid!), 100);
		const [first, , third] = await Promise.allSettled(pending);
		for (const {reason} of [first, third] as PromiseRejectedResult[]) {
			t.true(reason instanceof TransportError);
			t.regex((reason as Error).message, message);
		}

		await t.throwsAsync(place.dial({ip: '127.0.0.1', port}, {count: 1}), {instanceOf: TransportError, message});
	}
});

test('the prober is stopped for a while: its own absence is not counted as silence of others', async t => {
	const talks: Conversation[] = [];
	const local = localShell('client');
	const place = await openVantage({...local, converse: (...call) => talks[talks.push(local.converse(...call)) - 1]!}, node);
	t.teardown(() => place.close());
	let stopped = false;
	const port = await speaking(talk =>
		talk.on('data', question => {
			// Stopped as soon as connections are under way, for twice their time limit.
			if (!stopped) {
				stopped = true;
				process.kill(talks[0]!.pid!, 'SIGSTOP');
				setTimeout(() => process.kill(talks[0]!.pid!, 'SIGCONT'), 1600);
			}
			setTimeout(() => talk.write(reply(question.includes('hostname') ? 'web-0' : '10.0.0.9:4711')), 60);
		}),
	);
	const dials = await place.dial({ip: '127.0.0.1', port}, {count: 20, timeoutMs: 800});
	t.deepEqual(
		dials.filter(dial => dial.outcome !== 'answered'),
		[],
	);
	t.true(Math.max(...dials.map(dial => dial.ms)) > 800, 'the stop came while connections were under way');
});

test('it knows its own addresses', async t => {
	const place = await openVantage(localShell('client'), node);
	t.teardown(() => place.close());
	const {ips, name} = place;
	t.is(name, 'client');
	t.true(ips.every(ip => net.isIP(ip) > 0 && !ip.startsWith('127.') && ip !== '::1'));
});

test('a function of ours is called there, with its argument, and what it throws is told', async t => {
	const place = await openVantage(localShell('client'), node);
	t.teardown(() => place.close());
	const hosts = await place.evaluate(
		async ({name}: {name: string}) => {
			const {isIP} = await import('node:net');
			return [name, isIP('::1'), process.pid];
		},
		{name: 'a'},
	);
	t.deepEqual(hosts.slice(0, 2), ['a', 6]);
	t.not(hosts[2], process.pid);
	await t.throwsAsync(
		place.evaluate(() => Promise.reject(new Error('not there')), null),
		{instanceOf: TransportError, message: /^client: the prober could not try: not there$/},
	);
});
