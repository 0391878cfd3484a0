import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {createServer, type AddressInfo} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {execa} from 'execa';
import {apiServer, contentsOf, kubeconfigFor, refusal, type Answer} from '../diagnose/fixtures/api-server.ts';
import {EXPIRED} from '../diagnose/fixtures/expired-certificate.ts';
import {healthy} from '../diagnose/fixtures/world.ts';
import {SOURCES} from '../diagnose/sources.ts';
import {FIRST_ANSWER_TIMEOUT_MS} from '../limits.ts';
import {PROJECT} from '../paths.ts';

const temporary = mkdtempSync(join(tmpdir(), 'vipcheck-diagnose-'));
test.after.always(() => rmSync(temporary, {recursive: true}));

let files = 0;
const fileWith = (text: string): string => {
	const path = join(temporary, `${++files}`);
	writeFileSync(path, text);
	return path;
};

const run = async (...args: readonly string[]) =>
	execa(join(PROJECT, 'vipcheck'), args, {reject: false, cwd: temporary, env: {KUBECONFIG: '', VIPCHECK_DEBUG: ''}});

/**
 * Promised are ten seconds. How long a process takes to start is up to the machine, many times as long where others are at work: the
 * promise holds for what remains of it.
 */
const PROMISED_MS = 10_000;
const refuses = async (t: ExecutionContext, text: string, message: RegExp, ...args: readonly string[]): Promise<void> => {
	const path = fileWith(text);
	const {durationMs: startMs} = await run('diagnose', '--print-role');
	const {exitCode, stdout, stderr, durationMs} = await run('diagnose', '--kubeconfig', path, ...args);
	t.log(`${Math.round(durationMs)} ms; ${Math.round(startMs)} ms of a start`);
	t.regex(stderr, message);
	t.false(stderr.includes('\n'), stderr);
	t.is(stdout, '');
	t.is(exitCode, 2);
	t.true(durationMs < PROMISED_MS + 4 * startMs, `${durationMs} ms`);
};

const CERT = Buffer.from(EXPIRED.cert).toString('base64');

test.serial('nobody listens', async t => {
	await refuses(t, kubeconfigFor('https://127.0.0.1:2'), /^cannot look at https:\/\/127\.0\.0\.1:2: .*ECONNREFUSED/);
});

test.serial('somebody listens and says nothing', async t => {
	const server = createServer();
	await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
	t.teardown(() => server.close());
	const {port} = server.address() as AddressInfo;
	const says = new RegExp(`^cannot look at http://127\\.0\\.0\\.1:${port}: nothing within ${FIRST_ANSWER_TIMEOUT_MS / 1000} s$`);
	await refuses(t, kubeconfigFor(`http://127.0.0.1:${port}`), says);
});

const status =
	(code: number, reason: string): Answer =>
	(_, response) =>
		refusal(response, code, reason);
for (const [what, answer, says] of [
	['does not know us', status(401, 'Unauthorized'), /: it does not know who asks \(401\): the token or certificate .* has expired$/],
	['gives us no rights', status(403, 'Forbidden'), /: this user may not list Services \(403\); `vipcheck diagnose --print-role` prints/],
	['is broken', status(500, 'InternalError'), /: 500 InternalError: InternalError says the test$/],
	['is a page to log in', (_, response) => void response.end('<html>\n<h1>Log in</h1>\n</html>'), /: what answers is no API server: /],
] as const satisfies readonly (readonly [string, Answer, RegExp])[])
	test.serial(`an API server that ${what}`, async t => {
		const server = await apiServer({}, {odd: {'*': answer}});
		t.teardown(() => server.close());
		await refuses(t, server.kubeconfig, says);
		t.is(server.calls.length, 1);
	});

test.serial('our certificate has expired: nothing is asked', async t => {
	const server = await apiServer(contentsOf());
	t.teardown(() => server.close());
	await refuses(
		t,
		kubeconfigFor(server.url, `{client-certificate-data: ${CERT}}`),
		/^the kubeconfig \S+ cannot be used: its client certificate expired on Jan {2}2 00:00:00 2020 GMT$/,
	);
	t.deepEqual(server.calls, []);
});

test.serial("the server's certificate has expired", async t => {
	const server = await apiServer(contentsOf(), {tls: EXPIRED});
	t.teardown(() => server.close());
	await refuses(
		t,
		server.kubeconfig.replace('insecure-skip-tls-verify: true', `certificate-authority-data: ${CERT}`),
		/^cannot look at https:\S+: the server's certificate has expired \(CERT_HAS_EXPIRED\)$/,
	);
});

test.serial('pods never come: what needs none is told when the time is over, and the rest is not known', async t => {
	const world = healthy();
	world.services.push({metadata: {name: 'bank', namespace: 'shop'}, spec: {type: 'ExternalName', externalName: '192.0.2.9'}});
	const server = await apiServer(contentsOf(world), {odd: {[SOURCES.pods.path]: () => {}}});
	t.teardown(() => server.close());
	const path = fileWith(server.kubeconfig);
	// Long enough for the lists that do come, wherever this runs.
	const {exitCode, stdout, stderr, durationMs} = await run('diagnose', '--kubeconfig', path, '--timeout', '15');
	t.log(`${Math.round(durationMs)} ms`);
	t.is(stderr, '');
	t.regex(stdout, /^✗ Service shop\/bank: /);
	t.regex(stdout, /\nnot known:\n(?: {2}.*\n)* {2}no-ready-pods: \/api\/v1\/pods: .*the time for looking is over\n/);
	t.is(exitCode, 1);
});
