import test from 'ava';
import {anonymousPull} from './bearer.ts';
import {QUICK, serve} from './fixtures/server.ts';
import {TransferError} from './transfer-error.ts';

const {signal} = new AbortController();

test('a token is for the host that asked for it, with the scope of the repository where none is told', async t => {
	const {url, requests} = await serve(t, (_, response) => {
		response.end('{"access_token": "abc"}');
	});
	const credentials = anonymousPull('a/b', QUICK);
	await credentials.obtain(new URL('http://registry.test/v2/'), `Bearer realm="${url}/token?account=none",service="s"`, signal);
	t.is(credentials.headerFor(new URL('http://registry.test/v2/a/b')), 'Bearer abc');
	t.is(credentials.headerFor(new URL('http://storage.test/v2/a/b')), undefined);
	t.is(credentials.headerFor(new URL('http://registry.test:81/')), undefined);
	t.deepEqual(
		requests.map(({path}) => path),
		['/token?account=none&scope=repository%3Aa%2Fb%3Apull&service=s'],
	);
});

for (const [challenge, message] of [
	['Bearer realm="http://token.test/"', /sends for a token to http:\/\/token\.test\/, which is not https/],
	['Bearer service="s"', /wants a login/],
	['Basic realm="https://token.test/"', /wants a login/],
	['Bearer realm="nowhere"', /wants a login/],
] as const)
	test(`${challenge} from an https registry is not followed`, async t => {
		await t.throwsAsync(anonymousPull('a', QUICK).obtain(new URL('https://registry.test/v2/'), challenge, signal), {
			instanceOf: TransferError,
			message,
		});
	});
