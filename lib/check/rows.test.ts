import test from 'ava';
import type {RowRecorder} from '../testbed/testbed.ts';
import {TransportError} from '../shell/shell.ts';
import {Violation} from '../record/problem.ts';
import type {Check} from './check.ts';
import {rowsOf} from './rows.ts';
import type {Judged} from './verdict.ts';

const ROWS: NonNullable<Check['rows']> = {
	one: {title: 'first', why: 'for one'},
	two: {title: 'second', why: 'for two'},
	three: {title: 'third', why: 'for three'},
};
const red = (summary: string): Violation => new Violation({summary, expected: 'a', observed: 'b', reproduce: []});
const fail = (error: Error) => () => {
	throw error;
};
const recorder = {} as RowRecorder;
const text = ({outcome, problem}: Judged): string => `${outcome}${problem ? `: ${problem.summary}` : ''}`;
const open = (...ids: string[]) => {
	const asked: string[] = [];
	const rows = rowsOf({rows: ROWS}, ids, id => {
		asked.push(id);
		return recorder;
	});
	return {
		...rows,
		asked,
		said: (ended: Judged = {outcome: 'passed'}) => Object.fromEntries([...rows.results(ended)].map(([id, one]) => [id, text(one)])),
	};
};

test('each row has a verdict of its own; one that the plan leaves out is not looked at', async t => {
	const {give, said, asked} = open('a/b/one', 'a/b/two');
	await give('one', () => undefined);
	await give('two', fail(red('it lacks x')));
	await give('three', fail(red('nobody asked')));
	t.deepEqual(said(), {'a/b/one': 'passed', 'a/b/two': 'failed: it lacks x'});
	t.deepEqual(asked, ['a/b/one', 'a/b/two']);
});

test('what keeps us from looking at a row breaks this row alone', async t => {
	const {give, said} = open('a/b/one@ipv6', 'a/b/two@ipv6');
	await give('one', fail(new TransportError('no answer')));
	await give('two', async () => Promise.resolve());
	t.deepEqual(said(), {'a/b/one@ipv6': 'broken: no answer', 'a/b/two@ipv6': 'passed'});
});

test('the worst of several verdicts on a row counts', async t => {
	const {give, said} = open('a/b/one');
	await give('one', fail(red('first')));
	await give('one', () => undefined);
	await give('one', fail(red('second')));
	t.deepEqual(said(), {'a/b/one': 'failed: first'});
});

test('a body that ends early speaks for the rows without a verdict', async t => {
	const {give, said} = open('a/b/one', 'a/b/two');
	await give('one', () => undefined);
	t.deepEqual(said({outcome: 'failed', problem: red('no rules at all').problem}), {
		'a/b/one': 'passed',
		'a/b/two': 'failed: no rules at all',
	});
	t.deepEqual(said(), {'a/b/one': 'passed', 'a/b/two': 'broken: the check came to its end without a verdict on this row'});
});

test('a name that is no row is our mistake', async t => {
	const error = await t.throwsAsync(
		open('a/b/one').give('four', () => undefined),
		{instanceOf: RangeError},
	);
	t.is(error.message, 'suites/a/b.ts has no row four; it has one, two, three');
});

test('a check without rows gives its own verdict', t => {
	const {results} = rowsOf({}, ['a/b'], () => recorder);
	t.deepEqual([...results({outcome: 'passed'})], [['a/b', {outcome: 'passed'}]]);
});
