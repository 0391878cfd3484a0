import test from 'ava';
import {starter} from './node-program.ts';

test('Node is started by its own loader, with its own libraries', t => {
	const script = starter(['/lib/x86_64-linux-gnu/libc.so.6', '/lib64/ld-linux-x86-64.so.2']);
	t.is(script, '#!/bin/sh\nexec /opt/vipcheck/ld-linux-x86-64.so.2 --library-path /opt/vipcheck /opt/vipcheck/node "$@"\n');
});

test('a listing without a loader is told', t => {
	t.throws(() => starter(['/lib/libc.so.6']), {message: 'ldd of Node names no loader among /lib/libc.so.6'});
});
