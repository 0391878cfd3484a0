import test from 'ava';
import {localShell} from '../shell/transports/local.ts';
import {loopback, reply} from '../../test/loopback.ts';
import {openVantage} from './open.ts';
import type {Vantage} from './vantage.ts';

const {speaking, freePort, close} = loopback();

let place: Vantage;
test.before(async () => {
	place = await openVantage(localShell('client'), {nodePath: process.execPath});
});
test.after.always(async () => {
	close();
	await place.close();
});

/** A server that answers on one connection as often as it is asked, and cuts it when it is asked once too often. */
const patient = (times: number) =>
	speaking(talk => {
		let asked = 0;
		talk.on('data', data => {
			if (++asked > times * 2) talk.resetAndDestroy();
			else talk.write(String(data).includes('/hostname') ? reply('web-0') : reply('10.0.0.9:4711'));
		});
	});

test('a connection stays, and says each time who answers', async t => {
	const connection = await place.open({ip: '127.0.0.1', port: await patient(3)});
	t.like(connection.first, {outcome: 'answered', backend: 'web-0'});
	t.like(await connection.ask(), {outcome: 'answered', backend: 'web-0'});
	t.like(await connection.ask(), {outcome: 'answered', backend: 'web-0'});
	await connection.close();
	await t.throwsAsync(connection.ask(), {message: /no connection \d+ is held/});
});

test('one that ends says how, now and ever after', async t => {
	const connection = await place.open({ip: '127.0.0.1', port: await patient(1)});
	t.like(connection.first, {outcome: 'answered'});
	t.like(await connection.ask(), {outcome: 'reset'});
	t.like(await connection.ask(), {outcome: 'reset'});
	await connection.close();
});

test('one that cannot be opened says so', async t => {
	const connection = await place.open({ip: '127.0.0.1', port: await freePort()});
	t.like(connection.first, {outcome: 'refused'});
	await connection.close();
});

test("names as the machine's own resolver has them", async t => {
	t.like(await place.resolve('127.0.0.1', 'ipv4'), {addresses: ['127.0.0.1']});
	t.like(await place.resolve('::1', 'ipv6'), {addresses: ['::1']});
	t.like(await place.resolve('no..name', 'ipv4'), {code: 'ENOTFOUND'});
});
