import {readdir, readFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import test from 'ava';
import {ChecksumError, download} from './download.ts';
import {CONTENT, ETAG, beginning, rest, whole} from './fixtures/misbehave.ts';
import {QUICK, scratch, serve, sha256, type Handler} from './fixtures/server.ts';
import type {FetchLimits} from './limits.ts';
import {TransferError} from './transfer-error.ts';

const {signal} = new AbortController();
const OTHER = Buffer.from(CONTENT.toString().replaceAll('.', '-'));

/** Far above what a busy machine takes for an answer. */
const STALL = {stallMs: 1000};

/** Handler, what each request asked for (Range, If-Range), limits other than the usual. In the end the file is there, alone. */
const WORKS: Readonly<Record<string, readonly [Handler, readonly string[], Partial<FetchLimits>?]>> = {
	'at once': [(_, response) => whole(response), ['']],
	'cut, and it goes on where it broke': [
		(request, response, number, heard) =>
			number === 1 ? whole(response, {headers: ETAG, cut: {at: 30_000, heard}}) : rest(request, response),
		['', 'bytes=30000- "one"'],
	],
	'cut again and again, each time further on': [
		(request, response, number, heard) =>
			number === 1
				? whole(response, {headers: ETAG, cut: {at: 10_000, heard}})
				: rest(request, response, number < 4 ? {cut: {at: number * 10_000, heard}} : {}),
		['', 'bytes=10000- "one"', 'bytes=20000- "one"', 'bytes=30000- "one"'],
	],
	'cut, by a server that tells no version': [
		(request, response, number, heard) => (number === 1 ? whole(response, {cut: {at: 30_000, heard}}) : rest(request, response)),
		['', 'bytes=30000-'],
	],
	'cut, by a server with a weak ETag and a date': [
		(request, response, number, heard) =>
			number === 1
				? whole(response, {headers: {etag: 'W/"one"', 'last-modified': 'Thu, 01 Jan 1970 00:00:00 GMT'}, cut: {at: 30_000, heard}})
				: rest(request, response),
		['', 'bytes=30000- Thu, 01 Jan 1970 00:00:00 GMT'],
	],
	'cut, by a server that knows no ranges': [
		(_, response, number, heard) => whole(response, number === 1 ? {cut: {at: 30_000, heard}} : {}),
		['', 'bytes=30000-'],
	],
	'cut, and the file was changed meanwhile': [
		(request, response, number, heard) =>
			number === 1
				? whole(response, {headers: ETAG, content: OTHER, cut: {at: 30_000, heard}})
				: request.headers['if-range'] === '"two"'
					? rest(request, response)
					: whole(response, {headers: {etag: '"two"'}}),
		['', 'bytes=30000- "one"'],
	],
	'cut, and the file was changed meanwhile, which the server does not heed': [
		(request, response, number, heard) =>
			number === 1
				? whole(response, {content: OTHER, headers: ETAG, cut: {at: 30_000, heard}})
				: request.headers.range
					? rest(request, response)
					: whole(response),
		['', 'bytes=30000- "one"', ''],
	],
	'cut, and the rest begins elsewhere': [
		(request, response, number, heard) =>
			number === 1
				? whole(response, {cut: {at: 30_000, heard}})
				: request.headers.range
					? rest(request, response, {shift: 8})
					: whole(response),
		['', 'bytes=30000-', ''],
	],
	'cut, and the file is shorter now': [
		(request, response, number, heard) => {
			if (number === 1) whole(response, {content: Buffer.concat([CONTENT, CONTENT]), cut: {at: CONTENT.length + 9, heard}});
			else if (request.headers.range) response.writeHead(416, {'content-range': `bytes */${CONTENT.length}`}).end();
			else whole(response);
		},
		['', `bytes=${CONTENT.length + 9}-`, ''],
	],
	'cut with no length known': [
		(request, response, number, heard) => {
			if (number > 1) rest(request, response);
			else beginning(response.writeHead(200), CONTENT.subarray(0, 100), {at: 100, heard});
		},
		['', 'bytes=100-'],
	],
	'stalled in the middle': [
		(request, response, number) => {
			if (number > 1) rest(request, response);
			else beginning(response.writeHead(200, {'content-length': CONTENT.length}), CONTENT.subarray(0, 100));
		},
		['', 'bytes=100-'],
		STALL,
	],
	'no answer at all to the first request': [
		(_, response, number) => {
			if (number > 1) whole(response);
		},
		['', ''],
		STALL,
	],
	'slow, longer than the limit, but never still': [
		(_, response) => {
			response.writeHead(200, {'content-length': CONTENT.length});
			let at = 0;
			const timer = setInterval(() => {
				response.write(CONTENT.subarray(at, (at += 4096)));
				if (at < CONTENT.length) return;
				clearInterval(timer);
				response.end();
			}, 400);
		},
		[''],
		// In all longer than that, by steps that are far shorter: also on a machine that lets a process wait for seconds.
		{stallMs: 4_000},
	],
	'500, 503 and 429, then fine': [
		(_, response, number) => {
			if (number > 3) whole(response);
			else response.writeHead([500, 503, 429][number - 1] as number).end('busy');
		},
		['', '', '', ''],
	],
	'a connection that ends before the answer': [
		(_, response, number) => {
			if (number > 1) whole(response);
			else response.destroy();
		},
		['', ''],
	],
	'a chain of redirects': [
		(request, response) => {
			if (request.url?.endsWith('3')) whole(response);
			else response.writeHead(302, {location: `part${Number(/\d/.exec(request.url ?? '') ?? 0) + 1}`}).end();
		},
		['', '', '', ''],
	],
	'a redirect whose goal is cut': [
		(request, response, number, heard) => {
			if (request.url === '/part') response.writeHead(307, {location: '/mirror'}).end();
			else if (number === 1) whole(response, {cut: {at: 30_000, heard}});
			else rest(request, response);
		},
		['', '', 'bytes=30000-', 'bytes=30000-'],
	],
};

for (const [title, [handler, asked, limits]] of Object.entries(WORKS))
	test(`works: ${title}`, async t => {
		const dir = await scratch(t);
		const {url, requests, heard} = await serve(t, handler);
		await download({url: `${url}/part`, sha256: sha256(CONTENT)}, join(dir, 'part'), {
			signal,
			limits: {...QUICK, ...limits},
			progress: bytes => {
				heard.bytes = bytes;
			},
		});
		t.deepEqual(
			requests.map(({headers}) => [headers.range, headers['if-range']].filter(Boolean).join(' ')),
			asked,
		);
		t.deepEqual(await readdir(dir), ['part']);
		t.true(CONTENT.equals(await readFile(join(dir, 'part'))));
	});

const loop: Handler = (request, response) => {
	response.writeHead(302, {location: `${request.url}`}).end();
};

/** Handler, the message, how many requests there are, the error's class. In the end nothing is there. */
const FAILS: Readonly<
	Record<string, readonly [Handler, RegExp, number, (typeof ChecksumError | typeof TransferError)?, Partial<FetchLimits>?]>
> = {
	'wrong bytes': [
		(_, response) => whole(response, {content: OTHER}),
		new RegExp(
			`^wrong checksum from http://\\S+/part: pinned sha256:${sha256(CONTENT)}, received sha256:${sha256(OTHER)} \\(65536 bytes\\)$`,
		),
		1,
		ChecksumError,
	],
	'fewer bytes, without a length, as if whole': [
		(_, response) => {
			response.writeHead(200, {connection: 'close', 'transfer-encoding': 'identity'}).end(CONTENT.subarray(0, 9));
		},
		/^wrong checksum from .* \(9 bytes\)$/,
		1,
		ChecksumError,
	],
	'a Content-Length that is too small': [
		(_, response) => {
			response.socket?.end(Buffer.concat([Buffer.from('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n'), CONTENT]));
		},
		/^wrong checksum from .* \(100 bytes\)$/,
		1,
		ChecksumError,
	],
	'a Content-Length that is too large, every time': [
		(_, response) => {
			response.socket?.end(Buffer.concat([Buffer.from('HTTP/1.1 200 OK\r\nContent-Length: 70000\r\n\r\n'), CONTENT]));
		},
		/could not be fetched in 4 attempts: .*cut after \d+ of 70000 bytes \(.+\)/,
		4,
	],
	'cut every time': [
		(_, response, _number, heard) => whole(response, {cut: {at: 30_000, heard}}),
		/in 4 attempts: .*cut after 30000 of 65536 bytes/,
		4,
	],
	'pieces of files that change each time': [
		(request, response, number, heard) =>
			number === 1
				? whole(response, {cut: {at: 30_000, heard}})
				: request.headers.range
					? rest(request, response, {content: OTHER})
					: whole(response, {content: OTHER}),
		/^wrong checksum from .*pinned sha256:/,
		3,
		ChecksumError,
	],
	'an answer that is no file, with the bytes of nobody': [
		(_, response) => {
			response.writeHead(204).end();
		},
		/HTTP 204 \(no range\) where 0 bytes are here/,
		4,
	],
	'404': [
		(_, response) => {
			response.writeHead(404).end('no');
		},
		/^http:\S+\/part could not be fetched: HTTP 404 Not Found from http/,
		1,
	],
	'403': [
		(_, response) => {
			response.writeHead(403).end('no');
		},
		/could not be fetched: HTTP 403/,
		1,
	],
	'500 every time': [
		(_, response) => {
			response.writeHead(500).end('no');
		},
		/could not be fetched in 4 attempts: each time HTTP 500 Internal Server Error from \S+\/part$/,
		4,
	],
	'500, then 503, then 404': [
		(_, response, number) => {
			response.writeHead([500, 503, 404][number - 1] as number).end('no');
		},
		/could not be fetched in 3 attempts: 1\. HTTP 500 .*; 2\. HTTP 503 .*; 3\. HTTP 404 /,
		3,
	],
	'a loop of redirects': [loop, /could not be fetched: more than 3 redirects, at last to http/, 4],
	'a redirect to nowhere': [
		(_, response) => {
			response.writeHead(301).end();
		},
		/redirects to no place/,
		1,
	],
	'a redirect to a file': [
		(_, response) => {
			response.writeHead(301, {location: 'file:///etc/passwd'}).end();
		},
		/redirects to file:\/\/\/etc\/passwd, which is not https/,
		1,
	],
	'still for ever': [
		(_, response) => {
			response.writeHead(200, {'content-length': 9}).flushHeaders();
		},
		/in 2 attempts: each time no byte for 1 s$/,
		2,
		TransferError,
		{...STALL, attempts: 2},
	],
	endless: [
		(_, response) => {
			response.writeHead(200);
			const fill = (): void => {
				response.write(CONTENT, error => {
					if (!error) setImmediate(fill);
				});
			};
			fill();
		},
		/more than 1048576 bytes, which no part has/,
		1,
	],
};

for (const [title, [handler, message, count, instanceOf = TransferError, limits]] of Object.entries(FAILS))
	test(`fails: ${title}`, async t => {
		const dir = await scratch(t);
		const {url, requests, heard} = await serve(t, handler);
		const progress = (bytes: number): void => {
			heard.bytes = bytes;
		};
		await t.throwsAsync(
			download({url: `${url}/part`, sha256: sha256(CONTENT)}, join(dir, 'part'), {signal, limits: {...QUICK, ...limits}, progress}),
			{message, instanceOf},
		);
		t.is(requests.length, count);
		t.deepEqual(await readdir(dir), []);
	});

test('fails: nobody listens, with the reason of the last system call', async t => {
	const dir = await scratch(t);
	await t.throwsAsync(
		download({url: 'http://127.0.0.1:1/part', sha256: sha256(CONTENT)}, join(dir, 'part'), {signal, limits: {...QUICK, attempts: 2}}),
		{message: /in 2 attempts: each time no answer from 127\.0\.0\.1:1 \(.+\)$/},
	);
	t.deepEqual(await readdir(dir), []);
});

for (const [title, handler] of Object.entries<Handler>({
	'in the middle of the file': (_, response) =>
		beginning(response.writeHead(200, {'content-length': CONTENT.length}), CONTENT.subarray(0, 100)),
	'before the answer': () => undefined,
	'between two attempts': (_, response) => {
		response.writeHead(500).end();
	},
}))
	test(`an interruption ${title} leaves nothing, and is what is thrown`, async t => {
		const dir = await scratch(t);
		const {url} = await serve(t, handler);
		const interrupt = new AbortController();
		setTimeout(() => interrupt.abort(new Error('interrupted')), 100);
		const startedAt = performance.now();
		await t.throwsAsync(
			download({url: `${url}/part`, sha256: sha256(CONTENT)}, join(dir, 'part'), {
				signal: interrupt.signal,
				limits: {...QUICK, pauseMs: 20_000},
			}),
			{message: 'interrupted'},
		);
		t.true(performance.now() - startedAt < 5000);
		t.deepEqual(await readdir(dir), []);
	});

test('a file that was there stays as it was when the new one is wrong', async t => {
	const dir = await scratch(t);
	await writeFile(join(dir, 'part'), 'old');
	const {url} = await serve(t, (_, response) => whole(response, {content: OTHER}));
	await t.throwsAsync(download({url: `${url}/part`, sha256: sha256(CONTENT)}, join(dir, 'part'), {signal, limits: QUICK}), {
		instanceOf: ChecksumError,
	});
	t.is(await readFile(join(dir, 'part'), 'utf8'), 'old');
	t.deepEqual(await readdir(dir), ['part']);
});

test('a disk that cannot be written to is no reason to ask again', async t => {
	const {url, requests} = await serve(t, (_, response) => whole(response));
	await t.throwsAsync(download({url: `${url}/part`, sha256: sha256(CONTENT)}, '/proc/no/such/part', {signal, limits: QUICK}), {
		code: 'ENOENT',
	});
	t.is(requests.length, 1);
});

test('progress is told with the total, and goes on after a cut', async t => {
	const dir = await scratch(t);
	const {url, heard} = await serve(t, (request, response, number, heard) =>
		number === 1 ? whole(response, {cut: {at: 30_000, heard}}) : rest(request, response),
	);
	const told: (readonly [number, number | undefined])[] = [];
	await download({url: `${url}/part`, sha256: sha256(CONTENT)}, join(dir, 'part'), {
		signal,
		limits: QUICK,
		progress: (bytes, total) => {
			heard.bytes = bytes;
			told.push([bytes, total]);
		},
	});
	t.deepEqual(told.at(-1), [CONTENT.length, CONTENT.length]);
	t.deepEqual(
		told.map(([bytes]) => bytes),
		told.map(([bytes]) => bytes).toSorted((a, b) => a - b),
	);
	t.true(told.some(([bytes]) => bytes === 30_000));
});
