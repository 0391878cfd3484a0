import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import test from 'ava';
import {UsageError} from '../../lib/usage.ts';
import {parseInventory} from './inventory.ts';
import {expiredCertificate, kubeconfigFor} from './kubeconfig.ts';

const FINGERPRINT = `SHA256:${'a'.repeat(43)}`;
const read = (text: string) => parseInventory(text, '/etc/lab/inventory.yaml', {HOME: '/home/me', SSH_AUTH_SOCK: '/run/agent'});

test('an inventory: what is said once holds for all, files are beside it', t => {
	const {nodes, outside} = read(`
user: admin
key: ~/.ssh/id
knownHosts: known_hosts
sudo: true
bastion: {host: 198.51.100.1, user: jump, agent: true, fingerprints: [${FINGERPRINT}]}
nodes:
  a: {host: 10.0.0.1}
  b: {host: 10.0.0.2, port: 2222, user: root, sudo: false}
outside: {host: 10.0.0.9, ips: [10.0.0.9]}
`);
	t.like(nodes.get('a'), {
		kind: 'ssh',
		host: '10.0.0.1',
		user: 'admin',
		key: '/home/me/.ssh/id',
		knownHosts: '/etc/lab/known_hosts',
		sudo: true,
		bastion: {host: '198.51.100.1', user: 'jump', agent: '/run/agent', fingerprints: [FINGERPRINT]},
	});
	t.like(nodes.get('b'), {port: 2222, user: 'root'});
	t.false('sudo' in (nodes.get('b') as object));
	t.deepEqual(outside?.ips, ['10.0.0.9']);
});

const refusals: readonly [string, RegExp][] = [
	['nodes: [', /cannot be used: /],
	['[]', /it is not a mapping$/],
	['node: {}', /it has node; known are /],
	['nodes: {a: {host: x, user: y, key: k}}', /nodes\.a has neither knownHosts nor fingerprints: its key would be taken on trust$/],
	[`nodes: {a: {user: y, key: k, fingerprints: [${FINGERPRINT}]}}`, /nodes\.a has no host$/],
	[`nodes: {a: {host: x, key: k, fingerprints: [${FINGERPRINT}]}}`, /nodes\.a has no user$/],
	[`nodes: {a: {host: x, user: y, fingerprints: [${FINGERPRINT}]}}`, /nodes\.a has neither key nor agent: true$/],
	['nodes: {a: {host: x, user: y, key: k, fingerprints: [MD5:1]}}', /nodes\.a\.fingerprints is not a list/],
	[`nodes: {a: {host: x, user: y, key: k, fingerprints: [${FINGERPRINT}], password: z}}`, /nodes\.a has password; known are /],
	[`outside: {host: x, user: y, key: k, fingerprints: [${FINGERPRINT}]}`, /outside has no ips/],
];
for (const [text, message] of refusals)
	test(`an inventory that cannot be used: ${text}`, t => {
		const error = t.throws(() => read(text), {instanceOf: UsageError, message});
		t.is(error.message.split('\n').length, 1);
	});

const KUBECONFIG = `
current-context: one
contexts: [{name: one, context: {cluster: c, user: u}}, {name: two, context: {cluster: c, user: u}}]
clusters: [{name: c, cluster: {server: https://127.0.0.1:1, certificate-authority: ca.crt}}]
users: [{name: u, user: {client-key: /abs/key, token: ca.crt}}]
`;

test('a kubeconfig of its own: the context that was asked for, files from the root', async t => {
	const dir = await mkdtemp(join(tmpdir(), 'vipcheck-kubeconfig-'));
	const file = join(dir, 'config');
	await writeFile(file, KUBECONFIG);
	const text = await kubeconfigFor(file, 'two');
	t.regex(text, /current-context: two/);
	t.true(
		text.includes(`certificate-authority: ${dir}/ca.crt`) && text.includes('client-key: /abs/key') && text.includes('token: ca.crt'),
	);
	await t.throwsAsync(kubeconfigFor(file, 'three'), {
		instanceOf: UsageError,
		message: /--context three: .* has no such context; it has one, two$/,
	});
	await t.throwsAsync(kubeconfigFor(join(dir, 'none'), undefined), {instanceOf: UsageError, message: /cannot be read: ENOENT/});
	await rm(dir, {recursive: true});
});

/** Of one day, made by openssl. */
const CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBbTCCAROgAwIBAgIUMnqPPFt7dgm7ymzg8ik+KDECwWIwCgYIKoZIzj0EAwIw
DDEKMAgGA1UEAwwBdTAeFw0yNjExMjkxODI3MzhaFw0yNjExMzAxODI3MzhaMAwx
CjAIBgNVBAMMAXUwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAASrmyB2MscTYWJw
gut6LPBge+KbqjCX3uvjDjQ6qlZuP2xV96pwF/jAsA9i/TduMCeNJ6+X1Gi5QoZU
3F7Q8/GIo1MwUTAdBgNVHQ4EFgQUpJUXYk1qrxjun9FgV0gy1uaV3tAwHwYDVR0j
BBgwFoAUpJUXYk1qrxjun9FgV0gy1uaV3tAwDwYDVR0TAQH/BAUwAwEB/zAKBggq
hkjOPQQDAgNIADBFAiAM2+O85mKgimlSPNpr3OjUcJTkCQqGxEAhzjdVcqPyTQIh
AMn1eg4dHvoF6ttJOAJXtK+/XOzKgrPSZlaWu7neW0ne
-----END CERTIFICATE-----
`;

test('a certificate that has expired is named with its day; files too', async t => {
	const config = (user: string) => `
current-context: one
contexts: [{name: one, context: {cluster: c, user: u}}]
users: [{name: other, user: {client-certificate: /nowhere}}, {name: u, user: {${user}}}]
`;
	const data = `client-certificate-data: ${Buffer.from(CERTIFICATE).toString('base64')}`;
	t.is(await expiredCertificate(config(data), Date.parse('2026-11-30T00:00:00Z')), undefined);
	t.is(await expiredCertificate(config('token: x')), undefined);
	const message = /^the certificate of user u expired on 2026-11-30T\d\d:\d\d:\d\d\.000Z$/;
	t.regex((await expiredCertificate(config(data), Date.parse('2026-12-02T00:00:00Z'))) ?? '', message);
	const dir = await mkdtemp(join(tmpdir(), 'vipcheck-certificate-'));
	await writeFile(join(dir, 'u.crt'), CERTIFICATE);
	t.regex((await expiredCertificate(config(`client-certificate: ${dir}/u.crt`), Date.parse('2026-12-02T00:00:00Z'))) ?? '', message);
	await rm(dir, {recursive: true});
});
