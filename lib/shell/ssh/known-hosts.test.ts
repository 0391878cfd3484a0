import {createHmac} from 'node:crypto';
import test from 'ava';
import {fingerprintOf, keysFor} from './known-hosts.ts';

const key = 'AAAAC3NzaC1lZDI1NTE5AAAAIDZwIGfE5Xl9p8P6yd1lYWQ0Tu3nnJxMfJYvYx1hPLpW';
const salt = Buffer.from('twenty bytes of salt').toString('base64');
const hashed = `|1|${salt}|${createHmac('sha1', Buffer.from(salt, 'base64')).update('node-1').digest('base64')}`;

const rows: readonly [string, string, string, number, number][] = [
	['a name', `node-1 ssh-ed25519 ${key}`, 'node-1', 22, 1],
	['one of several names', `a,10.0.0.7,node-1 ssh-ed25519 ${key} comment`, '10.0.0.7', 22, 1],
	['another port', `[node-1]:2222 ssh-ed25519 ${key}`, 'node-1', 2222, 1],
	['another port than it is known for', `node-1 ssh-ed25519 ${key}`, 'node-1', 2222, 0],
	['hashed', `${hashed} ssh-ed25519 ${key}`, 'node-1', 22, 1],
	['hashed, another host', `${hashed} ssh-ed25519 ${key}`, 'node-2', 22, 0],
	['a pattern', `*.example ssh-ed25519 ${key}`, 'a.example', 22, 1],
	['a pattern that is no regular expression', `n.de-1 ssh-ed25519 ${key}`, 'node-1', 22, 0],
	['taken out of a pattern', `*.example,!a.example ssh-ed25519 ${key}`, 'a.example', 22, 0],
	['a comment', `# node-1 ssh-ed25519 ${key}`, 'node-1', 22, 0],
	['an authority of certificates', `@cert-authority * ssh-ed25519 ${key}`, 'node-1', 22, 0],
	['no key', 'node-1 ssh-ed25519', 'node-1', 22, 0],
];
for (const [name, text, host, port, count] of rows) test(`keysFor: ${name}`, t => t.is(keysFor(`\n${text}\n`, host, port).length, count));

test('keysFor: a revoked key says so', t => {
	t.true(keysFor(`@revoked node-1 ssh-ed25519 ${key}`, 'node-1', 22)[0]?.revoked);
});

test('fingerprintOf: as ssh-keygen -l shows it', t => {
	t.is(fingerprintOf(Buffer.from(key, 'base64')), 'SHA256:TzYJUxb8h2m3nSIkfn/0LyClEEpWrBsVYqBWZwvYbBo');
});
