import test from 'ava';
import {olderProxySupport} from '../add-ons/older-proxy.ts';
import {KUBERNETES_VERSIONS} from '../parts.ts';
import {versionBefore} from './older-proxy.ts';
import type {Source} from './source.ts';

const VERSIONS = ['1.37.2', '1.36.3', '1.35.4'];

for (const [version, versions, before] of [
	['1.37.2', VERSIONS, '1.36.3'],
	['1.36.3', VERSIONS, '1.35.4'],
	['1.35.4', VERSIONS, undefined],
	['1.36.3', ['1.36.3', '1.35.4', '1.34.9', '1.37.2'], '1.35.4'],
	['1.10.1', ['1.10.1', '1.9.4', '1.8.2'], '1.9.4'],
	['1.37.2', ['1.37.2', '1.37.0'], undefined],
] as const)
	test(`the version before ${version} of ${versions.join(', ')}`, t => {
		t.is(versionBefore(version, versions), before);
	});

const source = (missing: readonly string[]): Source => ({
	name: 'go',
	coldDiskGib: 1,
	missing: async version => Promise.resolve(missing.map(line => `${version}: ${line}`)),
	programs: async () => Promise.reject(new Error('not asked for')),
});

test('the default version can be given an older one where its source has that; the oldest cannot', async t => {
	const [standard = ''] = KUBERNETES_VERSIONS;
	const [oldest = ''] = KUBERNETES_VERSIONS.toSorted((a, b) => a.localeCompare(b, 'en', {numeric: true}));
	t.true((await olderProxySupport(standard, source([]), '/cache')).ok);
	t.deepEqual(await olderProxySupport(standard, source(['no pins']), '/cache'), {
		ok: false,
		why: `${versionBefore(standard)}: no pins`,
	});
	t.deepEqual(await olderProxySupport(oldest, source([]), '/cache'), {
		ok: false,
		why: `${oldest} is the oldest version that clusters are made of`,
	});
});
