import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import test from 'ava';
import {notHeld} from './kernel-config.ts';

const MADE = ['#', '# Networks', '#', 'CONFIG_IP_VS=y', 'CONFIG_IP_VS_RR=m', 'CONFIG_HZ=100', '# CONFIG_SMP is not set', ''].join('\n');

for (const [what, fragment, missing] of [
	['all that was asked for', '# Networks.\n\nCONFIG_IP_VS=y\n# CONFIG_SMP is not set\n# CONFIG_MODULES is not set\n', []],
	['a symbol that was dropped', 'CONFIG_IP_VS=y\nCONFIG_IP_VS_WRR=y\n', ['CONFIG_IP_VS_WRR=y']],
	['a module where there are none', 'CONFIG_IP_VS_RR=y\n', ['CONFIG_IP_VS_RR=y']],
	['what something else selects', '# CONFIG_IP_VS is not set\n', ['# CONFIG_IP_VS is not set']],
	['names that begin alike', 'CONFIG_IP=y\n# CONFIG_H is not set\n', ['CONFIG_IP=y']],
] as const)
	test(`a configuration is held against the fragment: ${what}`, t => {
		t.deepEqual(notHeld(fragment, MADE), [...missing]);
	});

test('every line of the fragment asks for something, once', async t => {
	const lines = (await readFile(join(import.meta.dirname, 'kernel.config'), 'utf8')).split('\n');
	const asked = lines.filter(line => line.includes('CONFIG_'));
	t.deepEqual(
		asked.filter(line => !/^(?:CONFIG_\w+=y|# CONFIG_\w+ is not set)$/.test(line)),
		[],
	);
	const symbols = asked.map(line => /CONFIG_\w+/.exec(line)?.[0]);
	t.is(new Set(symbols).size, symbols.length);
	for (const scheduler of ['RR', 'WRR', 'LC', 'WLC', 'SH', 'DH', 'SED', 'NQ', 'MH'])
		t.true(asked.includes(`CONFIG_IP_VS_${scheduler}=y`));
});
