import test from 'ava';
import {serve} from './fixtures/server.ts';
import {silentHosts} from './silent-hosts.ts';

/** Far above what a busy machine takes for an answer, but in the one test that waits for it. */
const LONG_MS = 20_000;

for (const [status, silent] of [
	[200, false],
	[302, false],
	[401, false],
	[403, true],
	[404, true],
	[500, true],
	[503, true],
] as const)
	test(`HTTP ${status} is ${silent ? 'no' : 'an'} answer`, async t => {
		const {url, requests} = await serve(t, (_, response) => {
			response.writeHead(status, {location: '/elsewhere'}).end();
		});
		const lines = await silentHosts([`${url}/v2/`], LONG_MS);
		t.deepEqual(lines, silent ? [`${new URL(url).host} answered HTTP ${status} to ${url}/v2/`] : []);
		t.deepEqual(
			requests.map(({method, path}) => `${method} ${path}`),
			['HEAD /v2/'],
		);
	});

test('each host has its line, in order', async t => {
	const good = await serve(t, (_, response) => {
		response.end();
	});
	const lines = await silentHosts(['http://127.0.0.1:1/', good.url, 'http://host.invalid/'], LONG_MS);
	t.is(lines.length, 2);
	t.regex(lines[0] ?? '', /^127\.0\.0\.1:1 cannot be reached \(.+\)$/);
	t.regex(lines[1] ?? '', /^host\.invalid cannot be reached \(.+\)$/);
});

test('a host that is silent is given up after the time, all at once', async t => {
	const silent = await serve(t, () => undefined);
	const startedAt = performance.now();
	t.deepEqual(
		await silentHosts([silent.url, `${silent.url}/other`], 3_000),
		[0, 1].map(() => `${new URL(silent.url).host} did not answer within 3 s`),
	);
	const ms = performance.now() - startedAt;
	t.true(ms >= 2_900, `${ms}`);
	t.is(silent.requests.length, 2);
});
