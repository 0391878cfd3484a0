import test from 'ava';
import {knowsRules} from './supported-minors.ts';

for (const [mode, minor, ok] of [
	['iptables', 33, false],
	['iptables', 34, true],
	['iptables', 36, true],
	['iptables', 37, true],
	['iptables', 38, false],
	['nftables', 34, false],
	['nftables', 35, true],
	['nftables', 36, true],
	['nftables', 37, true],
	['nftables', 38, false],
	['ipvs', 34, false],
	['ipvs', 35, true],
	['ipvs', 36, true],
	['ipvs', 37, true],
	['ipvs', 38, false],
] as const)
	test(`rules of ${mode} 1.${minor} are ${ok ? '' : 'not '}known`, t => {
		t.is(knowsRules(mode, minor).ok, ok);
	});
