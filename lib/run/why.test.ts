import test from 'ava';
import {loadChecks} from './checks.ts';
import {withRows} from './plan.ts';

const checks = (await loadChecks()).flatMap(found => withRows(found));

test('every check says why it matters, in one or two sentences of its own', t => {
	t.true(checks.length >= 175);
	const seen = new Map<string, string>();
	for (const {id, check} of checks) {
		const {why = '', title} = check;
		t.true(why.length >= 60 && why.length <= 280, `${id}: ${why.length} characters`);
		t.regex(why, /^[^\s].*\.$/, id);
		t.true((why.match(/[.!?](?=\s|$)/g) ?? []).length <= 2, `${id}: more than two sentences`);
		t.not(why, title, id);
		t.is(seen.get(why), undefined, id);
		seen.set(why, id);
	}
});

test('an issue that it names is one of the references of its check', t => {
	for (const {id, check} of checks)
		for (const [, issue] of (check.why ?? '').matchAll(/#(\d+)/g))
			t.true(
				check.refs.some(ref => ref.endsWith(`/issues/${issue}`)),
				`${id}: ${issue}`,
			);
});
