import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import test from 'ava';
import {muslResolver, muslVersion} from './musl.ts';

test('the version of musl is that of its package', t => {
	t.is(muslVersion(['/a/libc6_2.41-12_amd64.deb', '/a/musl-dev_1.2.5-3.1~deb13u1_amd64.deb']), '1.2.5');
	t.is(muslVersion(['/a/musl-dev_1%3a1.2.3-1_amd64.deb']), '1.2.3');
	t.is(muslVersion([]), 'unknown');
});

const contextIn = async (signal = new AbortController().signal) => {
	const cache = await mkdtemp(join(tmpdir(), 'vipcheck-musl-'));
	return {cache, signal, log: join(cache, 'log'), progress: () => undefined};
};

test('it is made once', async t => {
	const context = await contextIn();
	t.teardown(async () => rm(context.cache, {recursive: true}));
	let made = 0;
	const makes = async (unfinished: string) => {
		made += 1;
		await writeFile(join(unfinished, 'version'), '1.2.5');
	};
	t.like(await muslResolver(context, makes), {version: '1.2.5'});
	t.like(await muslResolver(context, makes), {version: '1.2.5'});
	t.is(made, 1);
});

test('what keeps it is told, and it is not tried again at once', async t => {
	const context = await contextIn();
	t.teardown(async () => rm(context.cache, {recursive: true}));
	let tried = 0;
	const fails = async () => {
		tried += 1;
		return Promise.reject(new Error('no network'));
	};
	t.deepEqual(await muslResolver(context, fails), {why: 'no network'});
	t.deepEqual(await muslResolver(context, fails), {why: 'no network'});
	t.is(tried, 1);
});

test('an interruption is none', async t => {
	const controller = new AbortController();
	const context = await contextIn(controller.signal);
	t.teardown(async () => rm(context.cache, {recursive: true}));
	const interrupted = async () => {
		controller.abort(new Error('interrupted'));
		return Promise.reject(new Error('killed'));
	};
	await t.throwsAsync(muslResolver(context, interrupted), {message: 'interrupted'});
	t.like(await muslResolver({...context, signal: new AbortController().signal}, async () => Promise.reject(new Error('no'))), {
		why: 'no',
	});
});
