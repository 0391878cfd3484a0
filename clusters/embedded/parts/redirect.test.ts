import test from 'ava';
import {redirected} from './redirect.ts';
import {TransferError} from './transfer-error.ts';

for (const [from, location, expected] of [
	['https://a.test/x/y', '/z', 'https://a.test/z'],
	['https://a.test/x/y', 'z?q=1', 'https://a.test/x/z?q=1'],
	['https://a.test/x', 'https://b.test/', 'https://b.test/'],
	['https://a.test/x', '//b.test/', 'https://b.test/'],
	['http://a.test/x', 'https://b.test/', 'https://b.test/'],
	['http://a.test/x', 'http://b.test/', 'http://b.test/'],
	['https://a.test/x', 'http://a.test/x', /redirects to http:\/\/a\.test\/x, which is not https/],
	['https://a.test/x', 'data:text/plain,x', /which is not https/],
	['http://a.test/x', 'file:///x', /which is not https/],
	['https://a.test/x', null, /redirects to no place/],
	['https://a.test/x', 'https://[', /redirects to "https:\/\/\["/],
] as const)
	test(`${from} to ${location}`, t => {
		if (typeof expected === 'string') t.is(redirected(new URL(from), location).href, expected);
		else t.throws(() => redirected(new URL(from), location), {instanceOf: TransferError, message: expected});
	});
