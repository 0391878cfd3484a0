import test from 'ava';
import {openVantage} from '../probe/open.ts';
import {localShell} from '../shell/transports/local.ts';
import {loopback} from '../../test/loopback.ts';
import {commonNodes} from './between-nodes.ts';
import {echoed, serveEcho} from './echo-streams.ts';

const {freePort, close} = loopback();
test.after.always(close);

test('loads come back whole, or it is told what became of them', async t => {
	const place = await openVantage(localShell('client'), {nodePath: process.execPath});
	t.teardown(() => place.close());
	const to = {ip: '127.0.0.1', port: await freePort()};
	t.regex(await echoed(place, to, {protocol: 'TCP', bytes: 10}), /ECONNREFUSED/);
	t.regex(await echoed(place, to, {protocol: 'UDP', bytes: 10}), /ECONNREFUSED/);
	await place.evaluate(serveEcho, {port: to.port, ipv6: false});
	t.is(await echoed(place, to, {protocol: 'TCP', bytes: 65_536}), '');
	t.is(await echoed(place, to, {protocol: 'UDP', bytes: 8_972}), '');
	t.regex(await echoed(place, to, {protocol: 'UDP', bytes: 70_000}), /EMSGSIZE/);
});

test('the nodes that lost ways have in common', t => {
	const ways = (...texts: readonly string[]) => texts.map(text => ({from: text[0] ?? '', to: text[1] ?? ''}));
	t.deepEqual(commonNodes(ways('ac', 'bc', 'ca')), ['c']);
	t.deepEqual(commonNodes(ways('ac', 'ca')), ['a', 'c']);
	t.deepEqual(commonNodes(ways('ab', 'bc', 'ca')), ['a', 'b', 'c']);
});
