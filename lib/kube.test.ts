import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {createServer} from 'node:http';
import type {IncomingMessage, ServerResponse} from 'node:http';
import type {AddressInfo} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import test from 'ava';
import type {ExecutionContext} from 'ava';
import {apiError, isNotFound} from './kube-error.ts';
import {connect} from './kube.ts';
import {UsageError} from './usage.ts';

const kubeconfig = (server: string): string => `
apiVersion: v1
kind: Config
clusters: [{name: c, cluster: {server: "${server}", insecure-skip-tls-verify: true}}]
users: [{name: u, user: {token: t}}]
contexts: [{name: x, context: {cluster: c, user: u}}]
current-context: x
`;

const inDirectory = async (t: ExecutionContext): Promise<string> => {
	const dir = await mkdtemp(join(tmpdir(), 'vipcheck-kube-'));
	t.teardown(() => rm(dir, {recursive: true}));
	return dir;
};

const serve = async (t: ExecutionContext, answer: (request: IncomingMessage, response: ServerResponse) => void) => {
	const counts = {connections: 0, requests: 0};
	const server = createServer((request, response) => {
		counts.requests++;
		answer(request, response);
	});
	server.on('connection', () => counts.connections++);
	await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
	t.teardown(() => {
		server.closeAllConnections();
		server.close();
	});
	const path = join(await inDirectory(t), 'kubeconfig');
	await writeFile(path, kubeconfig(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
	return {counts, path};
};

const json = (response: ServerResponse, code: number, body: unknown): void => {
	response.writeHead(code, {'content-type': 'application/json'}).end(JSON.stringify(body));
};

test('200 calls share connections', async t => {
	const {counts, path} = await serve(t, (_, response) => json(response, 200, {kind: 'PodList', apiVersion: 'v1', items: []}));
	const kube = await connect(path);
	for (let batch = 0; batch < 50; batch++) {
		await Promise.all(
			[kube, kube, kube.bound(new AbortController().signal), kube].map(k => k.core.listNamespacedPod({namespace: 'a'})),
		);
	}
	t.is(counts.requests, 200);
	t.true(counts.connections <= 10, `${counts.connections} connections`);
});

test('an answer that is an error has verb, path, code and message in one line', async t => {
	const {path} = await serve(t, (_, response) =>
		json(response, 404, {kind: 'Status', message: 'pods "p" not found', reason: 'NotFound', code: 404}),
	);
	const kube = await connect(path);
	const error = await t.throwsAsync(kube.core.readNamespacedPod({namespace: 'a', name: 'p'}));
	t.deepEqual(apiError(error), {
		line: 'GET /api/v1/namespaces/a/pods/p: 404 NotFound: pods "p" not found',
		transport: false,
		code: 404,
		reason: 'NotFound',
	});
	t.true(isNotFound(new Error('outer', {cause: error})));
});

test('no answer is a transport fault that names the server', async t => {
	const {path} = await serve(t, request => request.socket.destroy());
	const kube = await connect(path);
	const fault = apiError(await t.throwsAsync(kube.version.getCode()));
	t.true(fault?.transport);
	t.regex(fault?.line ?? '', /^GET \/version: no answer from http:\/\/127\.0\.0\.1:\d+: other side closed/);
});

test('a bound client ends with its signal', async t => {
	const {path} = await serve(t, () => undefined);
	const kube = await connect(path);
	const controller = new AbortController();
	const call = kube.bound(controller.signal).version.getCode();
	setTimeout(() => controller.abort(new Error('enough')), 50);
	t.true(apiError(await t.throwsAsync(call))?.transport);
});

test('remove() takes a missing object for removed', async t => {
	const {path} = await serve(t, (request, response) =>
		request.url === '/api/v1'
			? json(response, 200, {
					kind: 'APIResourceList',
					groupVersion: 'v1',
					resources: [{name: 'namespaces', kind: 'Namespace', namespaced: false, verbs: ['delete']}],
				})
			: json(response, 404, {kind: 'Status', reason: 'NotFound', message: 'gone'}),
	);
	const kube = await connect(path);
	await t.notThrowsAsync(kube.remove({apiVersion: 'v1', kind: 'Namespace', metadata: {name: 'n'}}));
});

const broken: [string, string | undefined, RegExp][] = [
	['missing', undefined, /cannot be used: ENOENT/],
	['not YAML', 'a: [', /cannot be used: /],
	['empty', '', /cannot be used: /],
	['without a context', 'clusters: []\nusers: []\ncontexts: []\n', /current-context "" is not among its contexts \(none\)/],
	['without a cluster', kubeconfig('https://1.2.3.4').replace('name: c,', 'name: other,'), /has no server address/],
	['without a user', kubeconfig('https://1.2.3.4').replace('name: u,', 'name: other,'), /is not among its users/],
];

for (const [name, text, message] of broken) {
	test(`a kubeconfig that is ${name} is refused in one line`, async t => {
		const path = join(await inDirectory(t), 'kubeconfig');
		if (text !== undefined) await writeFile(path, text);
		const error = await t.throwsAsync(connect(path), {instanceOf: UsageError, message});
		t.false(error.message.includes('\n'));
	});
}
