import test from 'ava';
import type {Provider} from '../../clusters/provider.ts';
import {examine, kernels} from './doctor.ts';

const provider: Provider = {
	name: 'fake',
	modes: ['iptables'],
	versions: ['1.36.3'],
	preflight: async ({mode, family}) =>
		mode === 'ipvs' ? {ok: false, why: 'no ip_vs'} : family === 'dual' ? {ok: false, why: 'no IPv6'} : {ok: true, how: 'somehow'},
	create: async () => Promise.reject(new Error('nothing may be made')),
	destroy: async () => Promise.reject(new Error('nothing may be taken down')),
};

test('every provider is asked about every mode in every family, and nothing is made', async t => {
	const found = await examine([provider]);
	t.deepEqual(
		found.map(({mode, family, support}) => `${mode} ${family} ${support.ok ? support.how : support.why}`),
		[
			'iptables ipv4 somehow',
			'iptables dual no IPv6',
			'ipvs ipv4 no ip_vs',
			'ipvs dual no ip_vs',
			'nftables ipv4 somehow',
			'nftables dual no IPv6',
		],
	);
});

test('every kernel that nodes may run is told with its modes', async t => {
	const several: Provider = {
		...provider,
		nodeKernels: ['host', 'uml-built'],
		preflight: async ({mode, nodeKernel}) =>
			nodeKernel === 'host' && mode !== 'ipvs' ? {ok: true, how: 'somehow'} : {ok: false, why: `no ${mode}\nand no tun`},
	};
	t.deepEqual(await kernels([provider, several]), [
		'fake --node-kernel host: iptables, nftables',
		'fake --node-kernel uml-built: no mode: no iptables',
	]);
});
