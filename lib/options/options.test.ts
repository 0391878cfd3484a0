import test from 'ava';
import {contradictions, OPTIONS, optionsOf, takenByNpm, withStandard} from './options.ts';

const cluster = {provider: 'embedded', mode: 'iptables', family: 'ipv4', version: '1.36.3', workers: 2} as const;

for (const [name, given, expected] of [
	['nothing was said', {}, []],
	['the same was said', {mode: ['iptables'], workers: 2, k8s: '1.36.3', nodeKernel: 'host'}, []],
	['auto is no wish', {provider: 'auto', parts: 'auto', nodeKernel: 'auto'}, []],
	['another mode', {mode: ['nftables']}, ['--mode iptables, not nftables']],
	['several modes', {mode: ['iptables', 'nftables']}, ['--mode iptables, not iptables,nftables']],
	['another kernel and size', {nodeKernel: 'uml', workers: 3}, ['--node-kernel host, not uml', '--workers 2, not 3']],
	['parts that were not settled', {parts: 'go'}, ['--parts auto, not go']],
] as const)
	test(`--reuse: ${name}`, t => t.deepEqual(contradictions(given, cluster), [...expected]));

test('every flag of test that npm took is told', t => {
	const flags = optionsOf('test').map(([, {flag}]) => flag);
	const environment = Object.fromEntries(flags.map(flag => [`npm_config_${flag.slice(2).replaceAll('-', '_')}`, 'x']));
	// npm has a flag of that name itself, and whoever calls us by npx has it in the environment.
	t.deepEqual(
		takenByNpm(environment),
		flags.filter(flag => flag !== '--yes'),
	);
	t.true(flags.includes('--parts') && flags.includes('--node-kernel'));
	t.deepEqual(takenByNpm({npm_config_fund: 'x'}), []);
});

test('defaults hold for what was not said', t => {
	t.like(withStandard({workers: 1}), {workers: 1, mode: ['iptables'], keep: 'never'});
});

for (const [text, expected] of [
	['iptables', ['iptables']],
	['nftables,iptables', ['nftables', 'iptables']],
	['iptables, iptables', ['iptables']],
	['all', ['iptables', 'ipvs', 'nftables']],
] as const)
	test(`--mode ${text}`, t => t.deepEqual(OPTIONS.mode.parse?.(text), [...expected]));
