import test from 'ava';
import type {Provider} from '../../clusters/provider.ts';
import {UsageError} from '../usage.ts';
import {chooseProvider, resolveVersion} from './choose-provider.ts';

const provider = (name: string, answer: {ok: true; how: string} | {ok: false; why: string} | Error, versions = ['1.36.3']): Provider => ({
	name,
	modes: ['iptables'],
	versions,
	preflight: async () => (answer instanceof Error ? Promise.reject(answer) : answer),
	create: async () => Promise.reject(new Error('not here')),
	destroy: async () => undefined,
});
const options = {provider: 'auto', family: 'ipv4', workers: 3} as const;

test('auto takes the first that can, and says why not the ones before', async t => {
	const {
		reason,
		target,
		provider: chosen,
	} = await chooseProvider(
		[
			provider('kind', {ok: false, why: 'no docker\nno kind'}),
			provider('embedded', {ok: true, how: 'namespaces'}),
			provider('other', {ok: true, how: ''}),
		],
		'iptables',
		options,
	);
	t.is(chosen.name, 'embedded');
	t.is(reason, 'embedded: namespaces; not kind: no docker; not kind: no kind');
	t.deepEqual(target, {provider: 'embedded', mode: 'iptables', family: 'ipv4', version: '1.36.3', workers: 3});
});

test('a provider knows how many workers its machine bears, unless a number was asked for', async t => {
	const small: Provider = {...provider('small', {ok: true, how: ''}), preflight: async () => ({ok: true, how: '', workers: 2})};
	t.is((await chooseProvider([small], 'iptables', {provider: 'auto'})).target.workers, 2);
	t.is((await chooseProvider([small], 'iptables', {provider: 'auto', workers: 4})).target.workers, 4);
	t.is((await chooseProvider([provider('other', {ok: true, how: ''})], 'iptables', {provider: 'auto'})).target.workers, 3);
});

test('a look at the machine that fails counts as no', async t => {
	await t.throwsAsync(chooseProvider([provider('odd', new Error('EPERM'))], 'iptables', options), {
		instanceOf: UsageError,
		message: /odd: its look at this machine failed: EPERM/,
	});
});

test('one that was asked for by name and cannot: its reason alone, in one line', async t => {
	const {message} = await t.throwsAsync(
		chooseProvider([provider('kind', {ok: false, why: 'no docker'}), provider('embedded', {ok: true, how: ''})], 'iptables', {
			...options,
			provider: 'kind',
		}),
		{instanceOf: UsageError},
	);
	t.is(message, 'kind: no docker');
});

test('only a provider with the version is asked', async t => {
	const {provider: chosen, target} = await chooseProvider(
		[provider('old', {ok: true, how: ''}, ['1.30.1']), provider('new', {ok: true, how: ''}, ['1.36.3', '1.35.2'])],
		'iptables',
		{...options, k8s: 'v1.35'},
	);
	t.is(chosen.name, 'new');
	t.is(target.version, '1.35.2');
});

test('parts: only who has the choice is asked, and what it settles is the target', async t => {
	const asked: unknown[] = [];
	const plain = provider('plain', {ok: true, how: ''});
	const choosy: Provider = {
		...provider('choosy', {ok: true, how: 'parts from go'}),
		parts: ['release', 'go'],
		async preflight(target) {
			asked.push(target.parts);
			return {ok: true, how: 'parts from go', target: {...target, parts: 'go'}};
		},
	};
	const {provider: chosen, target, reason} = await chooseProvider([plain, choosy], 'iptables', {...options, parts: 'go'});
	t.is(chosen.name, 'choosy');
	t.is(target.parts, 'go');
	t.is(reason, 'choosy: parts from go; not plain: it has no choice of parts, so no --parts go');
	t.is((await chooseProvider([choosy], 'iptables', {...options, parts: 'auto'})).target.parts, 'go');
	t.deepEqual(asked, ['go', undefined]);
	t.is((await chooseProvider([plain, choosy], 'iptables', {...options, parts: 'auto'})).provider.name, 'plain');
});

for (const [asked, expected] of [
	[undefined, '1.36.3'],
	['1.36', '1.36.3'],
	['v1.35.2', '1.35.2'],
	['1.3', undefined],
	['1.35.9', undefined],
	['latest', undefined],
	['1', undefined],
] as const)
	test(`version ${asked}`, t => t.is(resolveVersion(['1.36.3', '1.35.2'], asked), expected));
