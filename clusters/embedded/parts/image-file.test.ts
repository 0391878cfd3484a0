import {mkdir, readdir, readFile, stat} from 'node:fs/promises';
import {join} from 'node:path';
import test from 'ava';
import {fakeImage, type FakeLayer} from './fixtures/registry.ts';
import {QUICK, scratch, serve} from './fixtures/server.ts';
import {fetchFile} from './image-file.ts';
import {ImageError, openImage} from './registry.ts';

const context = {signal: new AbortController().signal, limits: QUICK};

/** Layers, the lowest first; what is found (or the error); how many layers are fetched for that. */
for (const [title, layers, expected, fetched] of [
	['in the top layer', [{files: {other: '1'}}, {files: {tool: 'new'}}], 'new', 1],
	['below others', [{files: {tool: 'old'}}, {files: {'etc/passwd': ''}}, {files: {'usr/tool': 'another'}}], 'old', 3],
	['of two, the upper', [{files: {tool: 'old'}}, {files: {tool: 'new'}}, {files: {other: ''}}], 'new', 2],
	['unpacked', [{files: {tool: 'bare'}, packed: 'none'}], 'bare', 1],
	['packed by zstd', [{files: {tool: 'small'}, packed: 'zstd'}], 'small', 1],
	['in an archive of ./names', [{files: {tool: 'dotted', other: ''}, names: 'dotted'}], 'dotted', 1],
	['in an archive of /names', [{files: {tool: 'rooted', other: ''}, names: 'absolute'}], 'rooted', 1],
	['nowhere', [{files: {other: '1'}}], /^no layer has the file tool$/, 1],
	['taken away', [{files: {tool: 'old'}}, {files: {'.wh.tool': ''}}], /^no layer has the file tool$/, 1],
	['taken away with all', [{files: {tool: 'old'}}, {files: {'.wh..wh..opq': '', other: ''}}], /^no layer has the file tool$/, 1],
	['put anew after all was taken away', [{files: {tool: 'old'}}, {files: {'.wh..wh..opq': '', tool: 'new'}}], 'new', 1],
	['a directory of this name', [{files: {'tool/file': 'x'}, names: 'dotted'}], /^no layer has the file tool$/, 1],
] as readonly (readonly [string, readonly FakeLayer[], string | RegExp, number])[])
	test(title, async t => {
		const dir = await scratch(t);
		const fake = await fakeImage({amd64: layers}, await scratch(t));
		const {url, requests} = await serve(t, (request, response) => {
			response.end(fake.content.get(request.url?.split('/').at(-1) ?? ''));
		});
		const image = await openImage({registry: url, repository: 'a', digest: fake.digest}, 'amd64', context);
		const fetching = fetchFile(image, 'tool', join(dir, 'program'), join(dir, 'work'), context);
		if (typeof expected === 'string') {
			await fetching;
			t.is(await readFile(join(dir, 'program'), 'utf8'), expected);
			t.is((await stat(join(dir, 'program'))).mode & 0o777, 0o755);
			t.deepEqual(await readdir(dir), ['program']);
		} else {
			await t.throwsAsync(fetching, {instanceOf: ImageError, message: expected});
			t.deepEqual(await readdir(dir), []);
		}
		t.is(requests.filter(({path}) => path.includes('/blobs/')).length, fetched);
	});

test('a layer that is no archive', async t => {
	const dir = await scratch(t);
	await mkdir(join(dir, 'other'));
	const image = {layers: [{mediaType: 'application/octet-stream', digest: 'sha256:0'}], fetchLayer: async () => undefined};
	await t.throwsAsync(fetchFile(image, 'tool', join(dir, 'program'), join(dir, 'work'), context), {
		instanceOf: ImageError,
		message: 'a layer is application/octet-stream, which is no tar archive',
	});
	t.deepEqual(await readdir(dir), ['other']);
});
