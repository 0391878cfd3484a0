import {writeFile, mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import test from 'ava';
import {openVantage} from '../probe/open.ts';
import {localShell} from '../shell/transports/local.ts';
import type {Testbed} from './testbed.ts';
import {readResolved, withMusl} from './musl.ts';

test('addresses, or the name of an error', t => {
	t.deepEqual(readResolved({text: 'address 10.96.0.10\naddress 10.96.0.11\n', ms: 1}), {addresses: ['10.96.0.10', '10.96.0.11'], ms: 1});
	t.deepEqual(readResolved({text: 'address fd00::1\n', ms: 1}), {addresses: ['fd00::1'], ms: 1});
	t.deepEqual(readResolved({text: 'code ENOTFOUND\n', ms: 2}), {code: 'ENOTFOUND', ms: 2});
});

test('the program is brought to the place, and asked there', async t => {
	const dir = await mkdtemp(join(tmpdir(), 'vipcheck-musl-test-'));
	t.teardown(async () => rm(dir, {recursive: true}));
	const path = join(dir, 'program');
	await writeFile(path, '#!/bin/sh\n[ "$2" = nobody ] && echo code ENOTFOUND || echo "address $1"\n');
	const place = await openVantage(localShell('here'), {nodePath: process.execPath});
	t.teardown(async () => place.close());
	const musl = await withMusl({cluster: {muslResolver: {path, version: '1.2.5'}}} as unknown as Testbed, place);
	t.is(musl.name, 'here by musl');
	t.like(await musl.resolve('echo', 'ipv6'), {addresses: ['6']});
	t.like(await musl.resolve('nobody', 'ipv4'), {code: 'ENOTFOUND'});
	await t.throwsAsync(withMusl({cluster: {muslResolver: {why: 'no network'}}} as unknown as Testbed, place), {name: 'TransportError'});
});
