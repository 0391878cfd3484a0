import {readdir, readFile, stat} from 'node:fs/promises';
import {basename, dirname, join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {RELEASE_PROGRAMS} from '../parts.ts';
import {chooseParts} from './choose.ts';
import {ChecksumError} from './download.ts';
import {fakeImage, registryHandler} from './fixtures/registry.ts';
import {QUICK, scratch, serve, sha256, type Handler} from './fixtures/server.ts';
import type {Pins} from './pins.ts';
import {releaseSource, type Release} from './release.ts';

const VERSION = '1.2.3';
const contentOf = (architecture: string, program: string): string => `${program} for ${architecture} ${'.'.repeat(5000)}`;
const PINS: Pins = {
	[VERSION]: Object.fromEntries(
		['amd64', 'arm64'].map(architecture => [
			architecture,
			Object.fromEntries(RELEASE_PROGRAMS.map(name => [name, sha256(contentOf(architecture, name))])),
		]),
	),
};

/** The release host; a path that ends so is answered by `odd`. */
const programs =
	(odd: Readonly<Record<string, Handler>> = {}): Handler =>
	(request, response, number, heard) => {
		const path = request.url ?? '';
		const own = Object.entries(odd).find(([end]) => path.endsWith(end))?.[1];
		const [, architecture = '', program = ''] = /^\/release\/v1\.2\.3\/bin\/linux\/(\w+)\/([\w-]+)$/.exec(path) ?? [];
		if (own) own(request, response, number, heard);
		else if (program === '') response.writeHead(404).end();
		else response.end(contentOf(architecture, program));
	};

const world = async (t: ExecutionContext, handler: Handler = programs(), overrides: Partial<Release> = {}) => {
	const cache = await scratch(t);
	const host = await serve(t, handler);
	const images = {
		agnhost: await fakeImage(
			{
				amd64: [{files: {agnhost: 'agnhost for amd64'}}, {files: {'etc/passwd': ''}}],
				arm64: [{files: {agnhost: 'agnhost for arm64'}}],
			},
			await scratch(t),
		),
		coredns: await fakeImage({amd64: [{files: {coredns: 'coredns for amd64'}}]}, await scratch(t)),
	};
	const registry = await serve(t, (request, response, number, heard) => {
		const repository = decodeURIComponent(request.url ?? '').includes('tools/agnhost') ? ('agnhost' as const) : ('coredns' as const);
		if (request.url === '/v2/') response.end();
		else registryHandler(`tools/${repository}`, images[repository])(request, response, number, heard);
	});
	const release: Release = {
		hosts: {programs: host.url, registry: registry.url},
		pins: async () => PINS,
		arch: 'x64',
		limits: QUICK,
		answersMs: 20_000,
		images: (['agnhost', 'coredns'] as const).map(name => ({
			program: name,
			path: name,
			repository: `tools/${name}`,
			tag: '1',
			digest: images[name].digest,
		})),
		...overrides,
	};
	const log = join(cache, 'log');
	const told: string[] = [];
	const make = async (signal = new AbortController().signal, source = releaseSource(release)) =>
		source.programs(VERSION, {cache, signal, log, progress: text => told.push(text)});
	return {cache, host, registry, release, source: releaseSource(release), make, told, log};
};

const left = async (cache: string): Promise<readonly string[]> =>
	readdir(join(cache, 'programs')).then(names => names.map(name => name.replace(/-[0-9a-f]{12}$/, '')).sort());

test('all programs of a version, and nothing else; the second time without a request', async t => {
	const {cache, host, registry, make, told, log} = await world(t);
	const found = await make();
	const names = [...RELEASE_PROGRAMS, 'agnhost', 'coredns'];
	t.deepEqual([...found.keys()], names);
	for (const [name, path] of found) {
		t.is(await readFile(path, 'utf8'), RELEASE_PROGRAMS.includes(name) ? contentOf('amd64', name) : `${name} for amd64`);
		t.is((await stat(path)).mode & 0o777, 0o755);
		t.deepEqual(await readdir(dirname(path)), [name]);
		t.true(basename(dirname(path)).startsWith(`${name}-`));
	}
	t.deepEqual(await left(cache), names.toSorted());
	t.true(told.includes('kubelet, 4 of 9'), told.join('; '));
	t.true((await readFile(log, 'utf8')).includes(`fetch kubelet from ${host.url}/release/v1.2.3/bin/linux/amd64/kubelet\n`));
	const asked = host.requests.length + registry.requests.length;
	t.deepEqual([...(await make())], [...found]);
	t.is(host.requests.length + registry.requests.length, asked);
});

test('one program of a version, and nothing else', async t => {
	const {cache, host, registry, source, log} = await world(t);
	const context = {cache, log, signal: new AbortController().signal, progress: () => undefined};
	t.deepEqual([...(await source.programs(VERSION, context, ['kube-proxy'])).keys()], ['kube-proxy']);
	t.deepEqual(await left(cache), ['kube-proxy']);
	t.deepEqual([host.requests.length, registry.requests.length], [1, 0]);
});

test('wrong bytes stop it; what came before stays, what is wrong does not, and the next time only the rest is fetched', async t => {
	let wrong = true;
	const {cache, host, make} = await world(
		t,
		programs({
			'/kubelet': (_, response) => {
				response.end(wrong ? 'of somebody else' : contentOf('amd64', 'kubelet'));
			},
		}),
	);
	await t.throwsAsync(make(), {
		instanceOf: ChecksumError,
		message: new RegExp(
			`^wrong checksum from ${host.url}/release/v1\\.2\\.3/bin/linux/amd64/kubelet: pinned sha256:${sha256(contentOf('amd64', 'kubelet'))}, received sha256:${sha256('of somebody else')} `,
		),
	});
	t.deepEqual(await left(cache), ['kube-proxy', 'kubeadm', 'kubectl']);
	wrong = false;
	t.is((await make()).size, 9);
	t.is(host.requests.filter(({path}) => path.endsWith('/kubeadm')).length, 1);
});

test('a program that the image has not stops it, and leaves no layers', async t => {
	const {cache, release, make} = await world(t);
	await t.throwsAsync(make(undefined, releaseSource({...release, images: release.images.map(image => ({...image, path: 'bin/none'}))})), {
		message: 'no layer has the file bin/none',
	});
	t.deepEqual(await left(cache), [...RELEASE_PROGRAMS].sort());
});

test('an interruption leaves nothing of what it broke', async t => {
	const interrupt = new AbortController();
	const {cache, make} = await world(
		t,
		programs({
			'/kubectl': (_, response) => {
				response.writeHead(200, {'content-length': 9}).write('half');
				setTimeout(() => interrupt.abort(new Error('interrupted')), 50);
			},
		}),
	);
	await t.throwsAsync(make(interrupt.signal), {message: 'interrupted'});
	t.deepEqual(await left(cache), ['kubeadm']);
});

test('an architecture has its own programs, in places of their own', async t => {
	const {release, make, registry} = await world(t);
	const own = (await make()).get('kubelet') as string;
	const agnhost = {...release, arch: 'arm64', images: release.images.slice(0, 1)};
	const other = await make(undefined, releaseSource(agnhost));
	t.is(await readFile(other.get('kubelet') as string, 'utf8'), contentOf('arm64', 'kubelet'));
	t.is(await readFile(other.get('agnhost') as string, 'utf8'), 'agnhost for arm64');
	t.is(await readFile(own, 'utf8'), contentOf('amd64', 'kubelet'));
	await t.throwsAsync(make(undefined, releaseSource({...release, arch: 'arm64'})), {
		message: `${registry.url}/v2/tools/coredns/manifests/${release.images[1]?.digest} has no image for linux/arm64; it has unknown/unknown, linux/amd64`,
	});
});

test('other pins are another place: nothing is taken for what it is not', async t => {
	const {release, make, cache} = await world(t);
	await make();
	const pins = {[VERSION]: {amd64: {...PINS[VERSION]?.['amd64'], kubelet: sha256('a newer one')}}};
	await t.throwsAsync(make(undefined, releaseSource({...release, pins: async () => pins})), {instanceOf: ChecksumError});
	t.is((await left(cache)).length, 9);
});

test('missing: pins, then hosts; nothing, and no request, once all of it is here', async t => {
	const {cache, host, registry, release, source, make} = await world(t);
	t.deepEqual(await source.missing('1.2.4', cache), [
		'there are no pinned checksums of Kubernetes 1.2.4 for amd64 (node clusters/embedded/parts/pin.ts 1.2.4 gets them from the release host)',
	]);
	t.deepEqual(await releaseSource({...release, arch: 's390x'}).missing(VERSION, cache), [
		`there are no pinned checksums of Kubernetes ${VERSION} for s390x (node clusters/embedded/parts/pin.ts ${VERSION} gets them from the release host)`,
	]);
	t.is(host.requests.length + registry.requests.length, 0);
	t.deepEqual(await source.missing(VERSION, cache), []);
	t.deepEqual(
		[...host.requests, ...registry.requests].map(({method, path}) => `${method} ${path}`),
		['HEAD /release/v1.2.3/bin/linux/amd64/kubeadm', 'HEAD /v2/'],
	);
	await t.throwsAsync(
		source.programs('1.2.4', {cache, signal: new AbortController().signal, log: join(cache, 'log'), progress: () => undefined}),
		{message: /no pinned checksums of Kubernetes 1\.2\.4/},
	);
	await make();
	const nobody = releaseSource({...release, hosts: {programs: 'http://127.0.0.1:1', registry: 'http://127.0.0.1:1'}});
	t.deepEqual(await nobody.missing(VERSION, cache), []);
});

test('chosen by itself: go where a host keeps silent, within the time for that', async t => {
	const {cache, release, source} = await world(t);
	const silent = await serve(t, () => undefined);
	const go = {...source, name: 'go' as const, missing: async () => []};
	const far = releaseSource({...release, hosts: {...release.hosts, registry: silent.url}, answersMs: 3_000});
	const startedAt = performance.now();
	const {
		source: {name},
		why,
	} = await chooseParts(undefined, VERSION, cache, {release: far, go});
	t.is(name, 'go');
	t.is(why, `parts from go, not release: ${new URL(silent.url).host} did not answer within 3 s`);
	t.true(performance.now() - startedAt < 10_000);
	t.is((await chooseParts(undefined, VERSION, cache, {release: source, go})).source.name, 'release');
});
