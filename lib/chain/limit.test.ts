import test from 'ava';
import {CHAIN_LONGEST_MS, CHAIN_TIMEOUT_MS} from '../limits.ts';
import {stubShell} from '../../test/stub-shell.ts';
import {chainLimitMs, limitFor} from './limit.ts';

test('the limit of a walk follows how fast nodes answer', async t => {
	t.deepEqual([0, 100, 2000, 1433.5001, 10_000].map(limitFor), [CHAIN_TIMEOUT_MS, CHAIN_TIMEOUT_MS, 60_000, 43_005, CHAIN_LONGEST_MS]);
	const shell = stubShell({'ps -e -o pid,stat,comm': ''});
	const limit = await chainLimitMs([{name: 'a', shell}]);
	t.true(limit >= CHAIN_TIMEOUT_MS && limit <= CHAIN_LONGEST_MS);
	t.deepEqual(shell.calls, ['ps -e -o pid,stat,comm']);
	t.is(await chainLimitMs([]), CHAIN_TIMEOUT_MS);
});
