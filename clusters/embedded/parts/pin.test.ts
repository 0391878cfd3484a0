import {readdir, readFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {RELEASE_PROGRAMS} from '../parts.ts';
import {QUICK, scratch, serve, sha256, type Handler} from './fixtures/server.ts';
import {pinVersion} from './pin.ts';
import {sumsOf, type Pins} from './pins.ts';

const {signal} = new AbortController();
const BEFORE = '{\n\t"1.35.9": {}\n}\n';

const pin = async (t: ExecutionContext, handler: Handler) => {
	const dir = await scratch(t);
	const file = join(dir, 'pins.json');
	await writeFile(file, BEFORE);
	const {url} = await serve(t, handler);
	return {dir, file, pinning: pinVersion('1.36.3', {host: url, file, limits: QUICK, signal})};
};

test('all sums of all architectures, in order, beside those of other versions', async t => {
	const {dir, file, pinning} = await pin(t, (request, response) => {
		response.end(`${sha256(request.url ?? '')}${request.url?.includes('kubectl') ? '  kubectl' : ''}\n`);
	});
	t.is(await pinning, 2 * RELEASE_PROGRAMS.length);
	const text = await readFile(file, 'utf8');
	const pins = JSON.parse(text) as Pins;
	t.deepEqual(Object.keys(pins), ['1.35.9', '1.36.3']);
	t.deepEqual(Object.keys(pins['1.36.3'] ?? {}), ['amd64', 'arm64']);
	t.deepEqual(Object.keys(pins['1.36.3']?.['arm64'] ?? {}), [...RELEASE_PROGRAMS].sort());
	t.is(sumsOf(pins, '1.36.3', 'arm64')?.get('kubelet'), sha256('/release/v1.36.3/bin/linux/arm64/kubelet.sha256'));
	t.is(sumsOf(pins, '1.36.3', 'amd64')?.get('kubectl'), sha256('/release/v1.36.3/bin/linux/amd64/kubectl.sha256'));
	t.is(sumsOf(pins, '1.35.9', 'amd64'), undefined);
	t.true(text.endsWith('}\n'));
	t.deepEqual(await readdir(dir), ['pins.json']);
});

for (const [title, handler, message] of [
	[
		'one sum is not there',
		(request, response) => {
			response.writeHead(request.url?.endsWith('arm64/kubelet.sha256') ? 404 : 200).end(sha256(''));
		},
		/\/release\/v1\.36\.3\/bin\/linux\/arm64\/kubelet\.sha256 could not be fetched: HTTP 404/,
	],
	[
		'a page comes instead',
		(request, response) => {
			response.end(request.url?.endsWith('amd64/kubeadm.sha256') ? '<html>Log in</html>' : sha256(''));
		},
		/amd64\/kubeadm\.sha256 holds no sha256 sum but "<html>Log in<\/html>"$/,
	],
	[
		'a sum is too short',
		(_, response) => {
			response.end(sha256('').slice(1));
		},
		/holds no sha256 sum/,
	],
	[
		'a long page comes instead',
		(_, response) => {
			response.end('x'.repeat(10_000));
		},
		/more than 4096 bytes/,
	],
] as readonly (readonly [string, Handler, RegExp])[])
	test(`nothing is pinned when ${title}`, async t => {
		const {dir, file, pinning} = await pin(t, handler);
		await t.throwsAsync(pinning, {message});
		t.is(await readFile(file, 'utf8'), BEFORE);
		t.deepEqual(await readdir(dir), ['pins.json']);
	});
