import {readdir, readFile} from 'node:fs/promises';
import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {ChecksumError} from './download.ts';
import {fakeImage, registryHandler, type FakeImage} from './fixtures/registry.ts';
import {QUICK, scratch, serve, sha256, type Handler} from './fixtures/server.ts';
import {ImageError, openImage, type RemoteImage} from './registry.ts';
import {TransferError} from './transfer-error.ts';

const context = {signal: new AbortController().signal, limits: QUICK};
type Layer = RemoteImage['layers'][number];
const REPOSITORY = 'some/where';

const image = async (t: ExecutionContext): Promise<FakeImage> =>
	fakeImage({amd64: [{files: {tool: 'for amd64'}}], arm64: [{files: {tool: 'for arm64'}}]}, await scratch(t));

const layerOf = async (
	t: ExecutionContext,
	registry: string,
	digest: string,
	architecture: string,
): Promise<readonly [Buffer, readonly string[]]> => {
	const dir = await scratch(t);
	const {layers, fetchLayer} = await openImage({registry, repository: REPOSITORY, digest}, architecture, context);
	await fetchLayer(layers[0] as Layer, join(dir, 'layer'), context);
	return [await readFile(join(dir, 'layer')), await readdir(dir)];
};

for (const [index, architecture] of ['amd64', 'arm64'].entries())
	test(`the layers of ${architecture}, with a token, from a storage that does not see the token`, async t => {
		const fake = await image(t);
		const storage = await serve(t, registryHandler(REPOSITORY, fake));
		const registry = await serve(t, registryHandler(REPOSITORY, fake, {storage: storage.url}));
		const [bytes, names] = await layerOf(t, registry.url, fake.digest, architecture);
		t.is(`sha256:${sha256(bytes)}`, fake.layers[index] as string);
		t.deepEqual(names, ['layer']);
		t.is(registry.requests.filter(({path}) => path.startsWith('/token')).length, 1, 'one token serves for all');
		t.deepEqual(
			storage.requests.map(({headers}) => headers.authorization),
			[undefined],
		);
	});

test('a registry that wants no token, and a digest that is a manifest of its own', async t => {
	const fake = await image(t);
	const manifest = [...fake.content].find(([, bytes]) => bytes.toString().includes('"layers"'))?.[0] as string;
	const {url, requests} = await serve(t, (request, response) => {
		response.end(fake.content.get(request.url?.split('/').at(-1) ?? ''));
	});
	const [bytes] = await layerOf(t, url, manifest, 'amd64');
	t.is(`sha256:${sha256(bytes)}`, fake.layers[0] as string);
	t.is(requests.length, 2);
});

test('a token that is no longer good is replaced', async t => {
	const fake = await image(t);
	let age = 0;
	const {url} = await serve(t, (request, response, number, heard) => {
		if (request.url?.includes('/blobs/') && number === 1) age++;
		registryHandler(REPOSITORY, fake, {token: `secret ${age}`})(request, response, number, heard);
	});
	const [bytes] = await layerOf(t, url, fake.digest, 'amd64');
	t.is(`sha256:${sha256(bytes)}`, fake.layers[0] as string);
});

test('an architecture that it has not', async t => {
	const fake = await image(t);
	const {url} = await serve(t, registryHandler(REPOSITORY, fake));
	await t.throwsAsync(openImage({registry: url, repository: REPOSITORY, digest: fake.digest}, 's390x', context), {
		instanceOf: ImageError,
		message: /has no image for linux\/s390x; it has unknown\/unknown, linux\/amd64, linux\/arm64$/,
	});
});

/** The digest whose content is swapped for another's. */
const swapped =
	(of: (fake: FakeImage) => string) =>
	(fake: FakeImage): Handler =>
		registryHandler(REPOSITORY, {...fake, content: new Map([...fake.content, [of(fake), Buffer.from('of somebody else')]])});
const manifestIn = (fake: FakeImage): string => [...fake.content].find(([, bytes]) => bytes.toString().includes('"layers"'))?.[0] as string;

for (const [title, handler, expected] of [
	[
		'a wrong index',
		swapped(({digest}) => digest),
		{
			instanceOf: ChecksumError,
			message:
				/^wrong checksum from \S+\/v2\/some\/where\/manifests\/sha256:\S+: pinned sha256:\S{64}, received sha256:\S{64} \(16 bytes\)$/,
		},
	],
	['a wrong manifest', swapped(manifestIn), {instanceOf: ChecksumError, message: /manifests\/sha256:/}],
	['a wrong blob', swapped(({layers}) => layers[0] as string), {instanceOf: ChecksumError, message: /blobs\/sha256:.*received/}],
	[
		'a blob that is not there',
		(fake: FakeImage) =>
			registryHandler(REPOSITORY, {...fake, content: new Map([...fake.content].filter(([digest]) => digest !== fake.layers[0]))}),
		{instanceOf: TransferError, message: /blobs\/.*HTTP 404/},
	],
	[
		'a token that is refused',
		(): Handler => (request, response) => {
			if (request.url?.startsWith('/token')) response.end('{"token": "no"}');
			else response.writeHead(401, {'www-authenticate': `Bearer realm="http://${request.headers.host}/token"`}).end();
		},
		{instanceOf: TransferError, message: /HTTP 401/},
	],
	[
		'no token in the answer',
		(): Handler => (request, response) => {
			if (request.url?.startsWith('/token')) response.end('<html>');
			else response.writeHead(401, {'www-authenticate': `Bearer realm="http://${request.headers.host}/token"`}).end();
		},
		{instanceOf: TransferError, message: /no token in the answer from http/},
	],
	[
		'a login',
		(): Handler => (_, response) => {
			response.writeHead(401, {'www-authenticate': 'Basic realm="staff"'}).end();
		},
		{instanceOf: TransferError, message: /wants a login \(Basic realm="staff"\); only anonymous pulls are made/},
	],
	[
		'an endless manifest',
		(): Handler => (_, response) => {
			response.end(Buffer.alloc(2 ** 23));
		},
		{instanceOf: TransferError, message: /more than 4194304 bytes/},
	],
] as readonly (readonly [
	string,
	(fake: FakeImage) => Handler,
	{instanceOf: typeof ChecksumError | typeof TransferError; message: RegExp},
])[])
	test(`stops at ${title}`, async t => {
		const fake = await image(t);
		const dir = await scratch(t);
		const {url} = await serve(t, handler(fake));
		await t.throwsAsync(async () => {
			const {layers, fetchLayer} = await openImage({registry: url, repository: REPOSITORY, digest: fake.digest}, 'amd64', context);
			await fetchLayer(layers[0] as Layer, join(dir, 'layer'), context);
		}, expected);
		t.deepEqual(await readdir(dir), []);
	});

for (const [title, manifest] of Object.entries({
	'that is a path': {layers: [{mediaType: 'tar', digest: 'sha256:../../etc'}]},
	'of another kind': {layers: [{mediaType: 'tar', digest: `sha512:${'0'.repeat(128)}`}]},
	'that is missing': {layers: [{mediaType: 'tar'}]},
	'of nothing': {layers: []},
}))
	test(`a digest ${title} is none`, async t => {
		const bytes = Buffer.from(JSON.stringify(manifest));
		const {url} = await serve(t, (_, response) => {
			response.end(bytes);
		});
		await t.throwsAsync(openImage({registry: url, repository: REPOSITORY, digest: `sha256:${sha256(bytes)}`}, 'amd64', context), {
			instanceOf: ImageError,
			message: /has no layers with sha256 digests/,
		});
	});
