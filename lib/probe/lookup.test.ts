import test, {type ExecutionContext} from 'ava';
import dgram from 'node:dgram';
import dnsPacket, {type DecodedPacket, type Packet} from 'dns-packet';
import {once} from 'node:events';
import net, {type AddressInfo} from 'node:net';
import {localShell} from '../shell/transports/local.ts';
import {firstNameserver, parseServer} from './lookup.ts';
import {openVantage} from './open.ts';
import {Lost} from './vantage.ts';

const NAME = 'web.default.svc.cluster.local';

const reply = (query: DecodedPacket, packet: Packet = {}): Packet => ({
	type: 'response',
	id: query.id ?? 0,
	questions: query.questions ?? [],
	answers: [{type: 'A', name: NAME, ttl: 5, data: '10.96.0.10'}],
	...packet,
});

/** A server that says `says(query)`, over UDP and over TCP in crumbs. Counts what it was asked. */
const dnsServer = async (t: ExecutionContext, says: (query: DecodedPacket) => readonly Buffer[]) => {
	const asked: DecodedPacket[] = [];
	const tcp = net.createServer(talk =>
		talk.on('data', chunk => {
			const query = dnsPacket.decode(chunk.subarray(2));
			asked.push(query);
			for (const message of says(query)) {
				const framed = Buffer.concat([Buffer.from([message.length >> 8, message.length & 255]), message]);
				talk.write(framed.subarray(0, 1));
				setTimeout(() => talk.write(framed.subarray(1)), 5);
			}
		}),
	);
	await once(tcp.listen(0, '127.0.0.1'), 'listening');
	const {port} = tcp.address() as AddressInfo;
	const udp = dgram.createSocket('udp4').on('message', (message, from) => {
		const query = dnsPacket.decode(message);
		asked.push(query);
		says(query).map(answer => udp.send(answer, from.port, from.address));
	});
	await once(udp.bind(port, '127.0.0.1'), 'listening');
	t.teardown(() => [tcp.close(), udp.close()]);
	return {asked, server: `127.0.0.1:${port}`};
};

const place = async (t: ExecutionContext, dnsServer?: string) => {
	const vantage = await openVantage(localShell('client'), {nodePath: process.execPath, ...(dnsServer === undefined ? {} : {dnsServer})});
	t.teardown(() => vantage.close());
	return vantage;
};

test('UDP and TCP: the answer as it came', async t => {
	const big = Array.from({length: 60}, (_, i) => ({type: 'A', name: NAME, ttl: 5, data: `10.244.0.${i}`}) as const);
	const {server, asked} = await dnsServer(t, query => [
		dnsPacket.encode(reply(query, {flags: dnsPacket.AUTHORITATIVE_ANSWER, answers: big})),
	]);
	const vantage = await place(t, server);
	for (const protocol of ['UDP', 'TCP'] as const) {
		const answer = await vantage.lookup(`${NAME}.`, 'A', {protocol});
		t.like(answer, {server, rcode: 'NOERROR', authoritative: true, truncated: false});
		t.deepEqual(
			answer.answers.map(({data}) => data),
			big.map(({data}) => data),
		);
		t.true(answer.ms > 0);
	}

	t.is(asked.length, 2);
	t.deepEqual(asked[0]?.questions, [{name: NAME, type: 'A', class: 'IN'}]);
});

test('a truncated answer stays truncated: no retry over TCP behind our back', async t => {
	const {server, asked} = await dnsServer(t, query => [
		dnsPacket.encode(reply(query, {flags: dnsPacket.TRUNCATED_RESPONSE, answers: []})),
	]);
	const vantage = await place(t);
	t.like(await vantage.lookup(NAME, 'A', {server}), {truncated: true, answers: []});
	t.is(asked.length, 1);
});

test('an answer with another id is not ours; the right one is waited for', async t => {
	const {server} = await dnsServer(t, query => [
		dnsPacket.encode(reply(query, {id: ((query.id ?? 0) + 1) % 65_536, answers: []})),
		dnsPacket.encode(reply(query)),
	]);
	const vantage = await place(t);
	t.is((await vantage.lookup(NAME, 'A', {server})).answers.length, 1);
});

test('Lost: silence, refusal, nonsense; asked once each', async t => {
	const silent = await dnsServer(t, () => []);
	const wrong = await dnsServer(t, query => [dnsPacket.encode(reply(query, {questions: [{name: 'other.local', type: 'A'}]}))]);
	const garbage = await dnsServer(t, query => [Buffer.concat([dnsPacket.encode(reply(query)).subarray(0, 2), Buffer.from('garbage')])]);
	const vantage = await place(t);
	await t.throwsAsync(vantage.lookup(NAME, 'A', {server: silent.server, timeoutMs: 1000}), {
		instanceOf: Lost,
		message:
			/^client: A web\.default\.svc\.cluster\.local asked of 127\.0\.0\.1:\d+ over UDP: timeout after \d+ ms \(0 bytes received\)$/,
	});
	t.is(silent.asked.length, 1);
	await t.throwsAsync(vantage.lookup(NAME, 'A', {server: wrong.server}), {
		instanceOf: Lost,
		message: /what came back is no answer: .*other\.local/,
	});
	await t.throwsAsync(vantage.lookup(NAME, 'A', {server: garbage.server, protocol: 'TCP'}), {
		instanceOf: Lost,
		message: /what came back is no answer/,
	});
	for (const protocol of ['UDP', 'TCP'] as const) {
		await t.throwsAsync(vantage.lookup(NAME, 'A', {server: '127.0.0.1:1', protocol}), {
			instanceOf: Lost,
			message: /refused after .*ECONNREFUSED/,
		});
	}
});

test('ids and source ports are not guessable', async t => {
	const {server, asked} = await dnsServer(t, query => [dnsPacket.encode(reply(query))]);
	const vantage = await place(t);
	await Promise.all(Array.from({length: 40}, () => vantage.lookup(NAME, 'A', {server})));
	t.true(new Set(asked.map(({id}) => id)).size > 30);
});

test('parseServer', t => {
	for (const [server, ip, port] of [
		['10.96.0.10', '10.96.0.10', 53],
		['10.96.0.10:5353', '10.96.0.10', 5353],
		['fd00::a', 'fd00::a', 53],
		['[fd00::a]:5353', 'fd00::a', 5353],
		['[::1]', '::1', 53],
	] as const) {
		t.deepEqual(parseServer(server), {ip, port});
	}
});

test('firstNameserver', t => {
	t.is(
		firstNameserver(
			'# nameserver 1.1.1.1\nsearch default.svc.cluster.local\nnameserver 10.96.0.10\nnameserver 10.0.0.2\noptions ndots:5\n',
		),
		'10.96.0.10',
	);
	t.is(firstNameserver('search local\n'), undefined);
});
