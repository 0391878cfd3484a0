import test from 'ava';
import {stubShell} from '../../test/stub-shell.ts';
import {LOOK_NAMES, LOOKS} from '../facts/argv.ts';
import {look, NOT_LOOKED_AT, unseen} from './look.ts';

test('what was not asked for is missing, and nothing else is run', async t => {
	const shell = stubShell({[LOOKS.addresses.argv.join(' ')]: '[]', [LOOKS.sysctls.argv.join(' ')]: {exitCode: 1, stderr: 'no'}});
	const texts = await look(shell, ['addresses', 'sysctls'], AbortSignal.timeout(1000));
	t.deepEqual(shell.calls, [LOOKS.addresses.argv.join(' '), LOOKS.sysctls.argv.join(' ')]);
	t.deepEqual(texts.addresses, {ok: true, value: '[]', source: 'ip -j addr'});
	t.like(texts.sysctls, {ok: false, why: 'exit code 1: no'});
	t.deepEqual(
		LOOK_NAMES.filter(name => !texts[name].ok && texts[name].why === NOT_LOOKED_AT),
		LOOK_NAMES.filter(name => !['addresses', 'sysctls'].includes(name)),
	);
});

test('a node of which nothing is known', t => {
	t.deepEqual(
		Object.values(unseen('gone')).map(fact => !fact.ok && fact.why),
		LOOK_NAMES.map(() => 'gone'),
	);
});
