import test from 'ava';
import {budgetOf} from './budget-of.ts';

test('nodes that are kernels of their own get three times as long, whatever the check says', t => {
	t.deepEqual([budgetOf({}, undefined), budgetOf({}, 'host'), budgetOf({}, 'uml')], [60_000, 60_000, 180_000]);
	t.is(budgetOf({budgetMs: 100_000}, 'uml'), 300_000);
	t.is(budgetOf({}, 'uml-built'), 180_000);
});
