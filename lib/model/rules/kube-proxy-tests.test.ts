import test from 'ava';
import {parseIptablesSave} from '../../facts/parse/iptables-save.ts';
import {compare} from './compare.ts';
import {SCENARIOS, expectedText, scenario} from './fixtures/kube-proxy-tests.ts';
import {actualIptables} from './iptables/actual.ts';
import {expectedIptables} from './iptables/expected.ts';
import {expectedNftables} from './nftables/expected.ts';

for (const name of SCENARIOS) {
	test(`iptables: ${name}`, t => {
		const dump = parseIptablesSave(expectedText(name, 'iptables'), 'ipv4');
		t.deepEqual(dump.remainder, []);
		// Those tests look at what is restored at once, so neither at the jumps from built-in chains nor at the canaries.
		const restored = new Map(
			[...expectedIptables(scenario(name, 'iptables'), 'test-node', 'ipv4')].filter(([where]) =>
				/ KUBE-(?!PROXY-CANARY)/.test(where),
			),
		);
		t.true(restored.size > 10);
		t.deepEqual(compare(restored, actualIptables(dump)), []);
	});

	for (const minor of [35, 36, 37])
		test(`nftables 1.${minor}: ${name}`, t => {
			const graph = expectedNftables(scenario(name, 'nftables', minor), 'test-node', 'ipv4');
			const lines = [...graph.values()]
				.flatMap(({where, parts}) => parts.map(({text}) => `${where.replace('ip kube-proxy ', '')}: ${text}`))
				.toSorted();
			const expected = expectedText(name, 'nftables', minor).trimEnd().split('\n').toSorted();
			t.true(lines.length > 40);
			t.deepEqual(lines, expected);
		});
}
