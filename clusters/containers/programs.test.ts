import test from 'ava';
import {stubShell} from '../../test/stub-shell.ts';
import {givePrograms, starter} from './programs.ts';

test('a program is started by its own loader, with its own libraries', t => {
	const script = starter('node', ['/lib/x86_64-linux-gnu/libc.so.6', '/lib64/ld-linux-x86-64.so.2']);
	t.is(script, '#!/bin/sh\nexec /opt/vipcheck/ld-linux-x86-64.so.2 --library-path /opt/vipcheck /opt/vipcheck/node "$@"\n');
});

test('a listing without a loader is told', t => {
	t.throws(() => starter('curl', ['/lib/libc.so.6']), {message: 'ldd of curl names no loader among /lib/libc.so.6'});
});

test('a container that has them all is left as it is', async t => {
	const shell = stubShell({'docker exec n node --version': 'v24.21.0\n', 'docker exec n curl --version': 'curl 8\n'});
	await givePrograms(
		shell,
		'docker',
		'n',
		new Map([
			['node', '/x/node'],
			['curl', '/x/curl'],
		]),
		{},
	);
	t.is(shell.calls.length, 2);
});
