import test from 'ava';
import {KubeError} from '../kube-error.ts';
import type {Kube} from '../kube.ts';
import {gatherApi} from './gather-api.ts';
import {PAGE_SIZE, listing} from './pages.ts';

const failed = (code: number) =>
	new KubeError({verb: 'GET', path: '/x', server: 'https://k'}, {transport: false, code, body: '{"reason":"Why","message":"because"}'});

/** A list in pieces: the token is the place of the next one. Errors are thrown in their place, once. */
const inPieces = (pieces: readonly (readonly string[] | Error)[]) => {
	const asked: {limit: number; _continue?: string}[] = [];
	const thrown = new Set<unknown>();
	return {
		asked,
		async list(page: {limit: number; _continue?: string}) {
			asked.push(page);
			const at = Number(page._continue ?? 0);
			const piece = pieces[at];
			if (piece instanceof Error && !thrown.has(piece)) {
				thrown.add(piece);
				throw piece;
			}
			return {
				items: piece instanceof Error ? ['late'] : (piece ?? []),
				metadata: {resourceVersion: '7', _continue: at + 1 < pieces.length ? String(at + 1) : ''},
			};
		},
	};
};

test('a list is read to its end', async t => {
	const {asked, list} = inPieces([['a', 'b'], ['c'], ['d']]);
	t.deepEqual(await listing('/x', list), {ok: true, source: '/x', value: {items: ['a', 'b', 'c', 'd'], resourceVersion: '7'}});
	t.deepEqual(asked, [{limit: PAGE_SIZE}, {limit: PAGE_SIZE, _continue: '1'}, {limit: PAGE_SIZE, _continue: '2'}]);
});

test('a list that expires is begun again, once', async t => {
	const {asked, list} = inPieces([['a'], failed(410)]);
	t.like(await listing('/x', list), {ok: true, value: {items: ['a', 'late']}});
	t.is(asked.length, 4);
	t.deepEqual(await listing('/x', () => Promise.reject(failed(410))), {ok: false, source: '/x', why: 'GET /x: 410 Why: because'});
});

test('errors of the API are missing facts, others are errors', async t => {
	t.deepEqual(await listing('/x', () => Promise.reject(failed(403))), {ok: false, source: '/x', why: 'GET /x: 403 Why: because'});
	await t.throwsAsync(
		listing('/x', () => Promise.reject(new TypeError('ours'))),
		{instanceOf: TypeError},
	);
});

/** Every method that is called is noted; one that is not here would be an error of its own. */
const stubKube = (
	calls: string[],
	{config = {'config.conf': 'mode: nftables\n', 'kubeconfig.conf': 'not ours'} as Record<string, string>, forbidden = ''} = {},
): Kube => {
	const answer =
		<T>(name: string, value: T) =>
		async (request?: object): Promise<T> => {
			calls.push(`${name} ${JSON.stringify(request ?? {})}`);
			if (name === forbidden) throw failed(403);
			return value;
		};
	const empty = (name: string) => answer(name, {items: [], metadata: {resourceVersion: '1'}});
	return {
		core: {
			listServiceForAllNamespaces: empty('services'),
			listNode: empty('nodes'),
			listPodForAllNamespaces: empty('pods'),
			listNamespacedPod: answer('proxyPods', {
				items: [{metadata: {name: 'kube-proxy-a'}}, {metadata: {name: 'kube-proxy-b'}}],
				metadata: {},
			}),
			readNamespacedConfigMap: answer('configMap', {data: config}),
			readNamespacedPodLog: answer('log', 'a line\n'),
		},
		apps: {readNamespacedDaemonSet: answer('daemonSet', {})},
		discovery: {listEndpointSliceForAllNamespaces: empty('slices')},
		networking: {listNetworkPolicyForAllNamespaces: empty('policies'), listServiceCIDR: empty('cidrs')},
		version: {getCode: answer('version', {gitVersion: 'v1.36.3'})},
	} as unknown as Kube;
};

test('the API is read, and nothing but what is on the list', async t => {
	const calls: string[] = [];
	const facts = await gatherApi(stubKube(calls));
	t.deepEqual(facts.version, {ok: true, value: 'v1.36.3', source: '/version'});
	t.deepEqual(facts.proxyConfig, {ok: true, value: 'mode: nftables\n', source: '/api/v1/namespaces/kube-system/configmaps/kube-proxy'});
	t.deepEqual(
		[...facts.proxyLogs],
		[
			['kube-proxy-a', {ok: true, value: 'a line\n', source: '/api/v1/namespaces/kube-system/pods/kube-proxy-a/log?tailLines=200'}],
			['kube-proxy-b', {ok: true, value: 'a line\n', source: '/api/v1/namespaces/kube-system/pods/kube-proxy-b/log?tailLines=200'}],
		],
	);
	t.deepEqual(
		calls
			.filter(call => !call.startsWith('log'))
			.map(call => call.split(' ')[0])
			.toSorted(),
		['cidrs', 'configMap', 'daemonSet', 'nodes', 'pods', 'policies', 'proxyPods', 'services', 'slices', 'version'],
	);
	t.true(calls.includes('configMap {"namespace":"kube-system","name":"kube-proxy"}'));
});

test('what may not be read is missing; the rest is there', async t => {
	const facts = await gatherApi(stubKube([], {forbidden: 'pods', config: {other: ''}}));
	t.deepEqual(facts.pods, {ok: false, why: 'GET /x: 403 Why: because', source: '/api/v1/pods'});
	t.deepEqual(facts.proxyConfig, {
		ok: false,
		why: 'it has no config.conf, but other',
		source: '/api/v1/namespaces/kube-system/configmaps/kube-proxy',
	});
	t.true(facts.services.ok);
	const blind = await gatherApi(stubKube([], {forbidden: 'proxyPods'}));
	t.deepEqual([blind.proxyPods.ok, blind.proxyLogs.size], [false, 0]);
});
