import test from 'ava';
import type {PartsOrigin} from '../../../lib/target.ts';
import {chooseParts, sourceOf} from './choose.ts';
import type {Source} from './source.ts';

const source = (name: PartsOrigin, missing: readonly string[], asked: string[]): Source => ({
	name,
	coldDiskGib: 1,
	async missing(kubernetes, cache) {
		asked.push(`${name} ${kubernetes} ${cache}`);
		return missing;
	},
	programs: async () => Promise.reject(new Error('not here')),
});

/** What was asked for, what each source misses; which one it is, why, what is missing, who was asked. */
for (const [asked, release, go, expected, why, missing, looked] of [
	[undefined, [], [], 'release', 'parts from release: its checksums are pinned, and it is within reach', [], ['release']],
	[undefined, ['no pins'], [], 'go', 'parts from go, not release: no pins', [], ['release', 'go']],
	[undefined, ['a is silent', 'b is silent'], [], 'go', 'parts from go, not release: a is silent, b is silent', [], ['release', 'go']],
	[
		undefined,
		['no pins'],
		['no go'],
		'go',
		'parts from go, not release: no pins',
		['no go', 'nor can parts come from the release: no pins'],
		['release', 'go'],
	],
	[undefined, [], ['no go'], 'release', 'parts from release: its checksums are pinned, and it is within reach', [], ['release']],
	['go', [], [], 'go', 'parts from go, as asked for', [], ['go']],
	['go', [], ['no go'], 'go', 'parts from go, as asked for', ['no go'], ['go']],
	['release', [], ['no go'], 'release', 'parts from release, as asked for', [], ['release']],
	['release', ['no pins'], [], 'release', 'parts from release, as asked for', ['no pins'], ['release']],
] as const)
	test(`${asked ?? 'auto'}, release: ${release.join(' and ') || 'can'}, go: ${go.join() || 'can'}`, async t => {
		const calls: string[] = [];
		const choice = await chooseParts(asked, '1.2.3', '/cache', {
			release: source('release', release, calls),
			go: source('go', go, calls),
		});
		t.is(choice.source.name, expected);
		t.is(choice.why, why);
		t.deepEqual(choice.missing, [...missing]);
		t.deepEqual(
			calls,
			looked.map(name => `${name} 1.2.3 /cache`),
		);
	});

test('what a preflight has settled is not looked for again', async t => {
	const calls: string[] = [];
	const sources = {release: source('release', [], calls), go: source('go', [], calls)};
	t.is((await sourceOf('go', '1.2.3', '/cache', sources)).name, 'go');
	t.deepEqual(calls, []);
	t.is((await sourceOf(undefined, '1.2.3', '/cache', sources)).name, 'release');
});
