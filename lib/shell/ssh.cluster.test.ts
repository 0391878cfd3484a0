import {mkdtemp, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import test from 'ava';
import {CONTRACT} from '../../test/shell-contract.ts';
import {startSshServers} from '../../test/ssh-servers.ts';
import type {ClusterRef} from '../target.ts';
import {TransportError} from './shell.ts';
import type {AccessOf} from './transport.ts';
import ssh from './transports/ssh.ts';

/** A cluster that `vipcheck up` made; its directory is given by whoever runs these tests. */
const cluster = JSON.parse(await readFile(join(process.env['VIPCHECK_CLUSTER'] as string, 'cluster.json'), 'utf8')) as ClusterRef;
const dir = await mkdtemp(join(tmpdir(), 'vipcheck-ssh-'));
const servers = await startSshServers(cluster, dir);
const {key, bastion: first} = servers;
const [name, {host, fingerprints, shell: beside}] = [...servers.nodes].at(-1)!;
const bastion = {host: first.host, user: 'root', key, fingerprints: first.fingerprints};
const access = {kind: 'ssh', host, user: 'root', key, fingerprints, bastion} as const satisfies AccessOf<'ssh'>;
const opener = ssh();
const shell = opener.open(access, name);
// Of a pair of its own: nobody knows it.
const stranger = join(dir, 'stranger');
await first.shell.run(['sh', '-c', 'rm -f /run/stranger*; ssh-keygen -q -t ed25519 -N "" -f /run/stranger']);
await writeFile(stranger, (await first.shell.run(['cat', '/run/stranger'])).stdout, {mode: 0o600});

for (const [promise, holds] of CONTRACT) test(`ssh by a bastion: ${promise}`, async t => holds(t, shell, {node: 'node', beside}));

const refusals: readonly [string, AccessOf<'ssh'>, RegExp][] = [
	['a wrong key', {...access, key: stranger}, /^root@172\.18\.0\.\d+: root is not let in \(by the key .*stranger\)$/],
	['a wrong host key', {...access, fingerprints: first.fingerprints}, /its key SHA256:\S+ is not the one that is known for it/],
	[
		'an unknown host',
		{kind: 'ssh', host, user: 'root', key, bastion},
		/is an unknown host: its inventory gives neither knownHosts nor fingerprints$/,
	],
	['a bastion with a wrong key', {...access, bastion: {...bastion, key: stranger}}, /^root@198\.\d+\.\d+\.\d+: root is not let in/],
	['nobody there', {kind: 'ssh', host: '127.0.0.1', port: 1, user: 'root', key, fingerprints}, /^root@127\.0\.0\.1:1: .*ECONNREFUSED/],
	['no sudo', {...access, sudo: true}, /`true` was not run: there is no sudo/],
];
for (const [what, wrong, message] of refusals)
	test(`${what} is refused in one line, without a secret`, async t => {
		const error = await t.throwsAsync(opener.open(wrong, name).run(['true']), {instanceOf: TransportError, message});
		const secret = (await readFile(key, 'utf8')).split('\n')[1] as string;
		t.false(JSON.stringify([error.message, String(error.stack)]).includes(secret));
		t.is(error.message.split('\n').length, 1);
	});

test.serial('a host key that known_hosts has', async t => {
	const file = join(dir, 'known_hosts');
	await writeFile(file, `${host} ${(await beside.run(['cat', '/run/vipcheck-sshd/host.pub'])).stdout}`);
	const {stdout} = await opener.open({kind: 'ssh', host, user: 'root', key, knownHosts: file, bastion}, name).run(['hostname']);
	t.is(stdout.trim(), name);
});

test.serial('every short program says how it ended', async t => {
	const short = opener.open({kind: 'ssh', ...bastion}, 'bastion');
	for (let round = 0; round < 40; round++) {
		const codes = await Promise.all([0, 1, 2, 3, 4].map(async code => (await short.run(['sh', '-c', `exit ${code}`])).exitCode));
		t.deepEqual(codes, [0, 1, 2, 3, 4]);
	}
});

/** How many are logged in to the bastion. */
const guests = async (): Promise<number> => {
	const {stdout} = await first.shell.run(['sh', '-c', 'grep -s "^sshd: root" /proc/[0-9]*/cmdline | wc -l']);
	return Number(stdout);
};

test.serial('a server that dies in the middle of a command, and comes back', async t => {
	const before = await guests();
	const other = ssh();
	const dying = other.open(access, name);
	const running = dying.run(['sleep', '60']);
	running.catch(() => undefined);
	await dying.run(['true']);
	await beside.run(['sh', '-c', 'for dir in /proc/[0-9]*; do grep -qs "^sshd: root" $dir/cmdline && kill -9 ${dir#/proc/}; done; true']);
	await t.throwsAsync(running, {instanceOf: TransportError, message: /`sleep 60` was lost after \d+ ms: /});
	t.is((await dying.run(['hostname'])).stdout.trim(), name);
	await other.close();
	for (let look = 0; look < 50 && (await guests()) > before; look++);
	t.true((await guests()) <= before, 'the bastion is left as well');
});

test.after.always(async () => {
	await opener.close();
	await servers.close();
	await rm(dir, {recursive: true});
});
