import test from 'ava';
import {loadChecks} from '../../run/checks.ts';
import {faultsOfCheck} from '../../run/fault-plan.ts';
import {withRows} from '../../run/plan.ts';
import {faultsOf, loadFaults} from './load.ts';

test('the id of a fault is words, and the name of its file', async t => {
	const ids = (await loadFaults()).map(({id}) => id);
	t.true(ids.includes('endpoint-rule'));
	t.deepEqual(
		ids.filter(id => !/^[a-z]+(-[a-z]+)*$/.test(id)),
		[],
	);
});

test('every check and every row names faults that there are, or says why there is none; at most eight do the latter', async t => {
	const [files, faults] = await Promise.all([loadChecks(), loadFaults()]);
	const checks = files.flatMap(file => withRows(file));
	for (const found of checks) t.true('noFault' in found.check || faultsOfCheck(found, faults).length > 0, found.id);
	t.true(checks.filter(({check}) => 'noFault' in check).length <= 8);
});

test('a name means one fault, or with a star all that fit, not what begins alike', async t => {
	const all = await loadFaults();
	t.deepEqual(
		faultsOf('endpoint-rule', all).map(({id}) => id),
		['endpoint-rule'],
	);
	t.deepEqual(
		faultsOf('dns-*', all).map(({id}) => id),
		['dns-extra', 'dns-missing', 'dns-wrong'],
	);
	t.deepEqual(
		faultsOf('dns-wrong', all).map(({id}) => id),
		['dns-wrong'],
	);
	t.deepEqual(faultsOf('dns', all), []);
	t.deepEqual(faultsOf('no-such-fault', all), []);
});
