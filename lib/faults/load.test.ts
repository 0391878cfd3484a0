import test from 'ava';
import {loadChecks} from '../run/checks.ts';
import {faultsOfCheck} from '../run/fault-plan.ts';
import {faultsOf, loadFaults} from './load.ts';

test('every fault has an id of its own, which its file begins with', async t => {
	const ids = (await loadFaults()).map(({id}) => id);
	t.is(new Set(ids).size, ids.length);
	t.deepEqual(ids.filter(id => !/^M\d+(-[a-z-]+)?$/.test(id)), []);
});

test('every check names faults that there are, or says why there is none; at most eight do the latter', async t => {
	const [checks, faults] = await Promise.all([loadChecks(), loadFaults()]);
	for (const found of checks) t.true('noFault' in found.check || faultsOfCheck(found, faults).length > 0, found.id);
	t.true(checks.filter(({check}) => 'noFault' in check).length <= 8);
});

test('an id names a fault or all variants of it, not what begins alike', async t => {
	const all = await loadFaults();
	t.deepEqual(faultsOf('M2', all).map(({id}) => id), ['M2']);
	t.deepEqual(faultsOf('m14', all).map(({id}) => id), ['M14-extra', 'M14-missing', 'M14-wrong']);
	t.deepEqual(faultsOf('M14-wrong', all).map(({id}) => id), ['M14-wrong']);
	t.deepEqual(faultsOf('M99', all), []);
});
