import test from 'ava';
import {fold} from '../../lib/record/fold.ts';
import {sampleEvents} from '../fixtures/sample-run.ts';
import githubSummary from '../github-summary.ts';
import {clean, oneLine} from './clean.ts';
import {clock, duration, figure} from './duration.ts';
import {gridText} from './grid.ts';

for (const [ms, text] of [
	[0, '0 ms'],
	[99, '99 ms'],
	[99.6, '0.1 s'],
	[999, '1.0 s'],
	[3_400, '3.4 s'],
	[59_940, '59.9 s'],
	[59_960, '1 min'],
	[60_004, '1 min'],
	[252_000, '4 min 12 s'],
	[3_599_400, '59 min 59 s'],
	[3_599_600, '1 h 00 min'],
	[3_840_000, '1 h 04 min'],
] as const) {
	test(`duration of ${ms} ms`, t => t.is(duration(ms), text));
}

for (const [ms, text] of [
	[0, '0:00'],
	[-5, '0:00'],
	[7_900, '0:07'],
	[760_000, '12:40'],
	[3_723_000, '1:02:03'],
] as const) {
	test(`clock at ${ms} ms`, t => t.is(clock(ms), text));
}

for (const [value, text] of [
	[800, '800'],
	[12.4, '12.4'],
	[0.123456, '0.1235'],
	[1e-7, '1e-7'],
	[123456.7, '123500'],
] as const) {
	test(`figure ${value}`, t => t.is(figure(value), text));
}

for (const [what, text, cleaned] of [
	['colours', 'a\u001B[31mb\u001B[0m', 'ab'],
	['control characters', 'a\u0000b\u007Fc\u009Bd', 'a\uFFFDb\uFFFDc\uFFFDd'],
	['line ends', 'one\r\ntwo\tthree\rfour', 'one\ntwo\tthree\uFFFDfour'],
	['half a character', 'half \uD800 of it', 'half \uFFFD of it'],
	['a reversed direction', 'exe.\u202Egnp', 'exe.\uFFFDgnp'],
	['other scripts', 'ü 日本 👍', 'ü 日本 👍'],
] as const) {
	test(`clean: ${what}`, t => t.is(clean(text), cleaned));
}

test('a text on one line', t => t.is(oneLine(' a\n  b\r\nc '), 'a b c'));

test('a grid as text', t => {
	t.is(
		gridText({
			title: 'reach',
			columns: ['n1', 'node-2'],
			rows: [
				{
					name: 'pod',
					cells: [
						{mark: '.', text: '15 of 15'},
						{mark: 'X', text: 'refused'},
					],
				},
				{
					name: 'outside',
					cells: [
						{mark: '?', text: 'no route'},
						{mark: ' ', text: ''},
					],
				},
			],
		}),
		`reach
         n1  node-2
pod      .   X
outside  ?
  X pod, node-2: refused
  ? outside, n1: no route`,
	);
});

test('the summary for GitHub: counts, reds, and no markup from the cluster', t => {
	const page = githubSummary.render(fold(sampleEvents()));
	t.regex(page, /^## ✗ 3 of 18 checks failed, 1 more could not be observed\n/);
	t.regex(page, /\| embedded\/ipvs\/dual\/1\.36\.3 \| 2 \| 1 \| 1 \| 5 \| 5 \|/);
	t.regex(page, /````text\n[^]*?\n {13}```\n[^]*?\n````\n/);
	const outside = page.replaceAll(/^(`{3,})text\n[^]*?\n\1$/gm, '');
	t.notRegex(outside, /<script|`|\]\(/);
	t.regex(outside, /12 passed, 4 failed, 10 skipped in 5 min 25 s/);
});

test('the summary for GitHub of an interrupted run: what was stopped by name, what never began as a number', t => {
	const events = sampleEvents();
	const at = events.findIndex(event => event.type === 'check-finished') + 1;
	const page = githubSummary.render(fold([...events.slice(0, at), {at: events[at]!.at, type: 'interrupted', signal: 'SIGINT'}]));
	for (const line of [
		'## ! Interrupted by SIGINT: 1 of 9 checks have a result',
		'2 checks were stopped while running. 6 checks were not run. 3 checks were skipped; each says why.',
		'- clusterip/balancing on embedded/iptables/ipv4/1.36.3: stopped while running: the run was ended by SIGINT',
		'- 6 checks on embedded/iptables/ipv4/1.36.3: not run: the run was interrupted',
	])
		t.true(page.includes(`${line}\n`), line);
	t.regex(page, /1 passed, 0 failed, 11 skipped in/);
});
