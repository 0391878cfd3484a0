import test from 'ava';
import {summarise} from './summarise.ts';
import {tally} from './tally.ts';
import type {Dial} from './vantage.ts';

const answered = (backend: string, count = 1): readonly Dial[] =>
	Array.from({length: count}, () => ({at: 0, ms: 1, outcome: 'answered', backend, sourceIp: '10.244.1.2'}));
const failed = (outcome: 'refused' | 'timeout' | 'unreachable' | 'reset', count = 1): readonly Dial[] =>
	Array.from({length: count}, () => ({at: 0, ms: 1, outcome, detail: ''}));

for (const [dials, text] of [
	[
		[...answered('b', 199), ...answered('a', 201), ...answered('c', 198), ...failed('timeout', 2)],
		'598 answered (a 201, b 199, c 198), 2 timeout',
	],
	[answered('web-0', 3), '3 answered (web-0 3)'],
	[[...answered('web-10'), ...answered('web-9')], '2 answered (web-9 1, web-10 1)'],
	[[...failed('reset'), ...failed('refused', 2), ...failed('unreachable')], '2 refused, 1 unreachable, 1 reset'],
	[Array.from({length: 12}, (_, i) => answered(`web-${i}`, 4 + i)).flat(), '114 answered (12 backends, 4 to 15 each)'],
	[[], 'nothing was sent'],
] as const) {
	test(`summarise: ${text}`, t => t.is(summarise(dials), text));
}

test('a connection that stood after a second was sent twice', t => {
	const dial = {at: 0, ms: 1100, outcome: 'answered', backend: 'a', sourceIp: '10.0.0.1'} as const;
	const dials = [{...dial, connectMs: 1003}, {...dial, connectMs: 3}, dial];
	t.is(tally(dials).resent, 1);
	t.is(summarise(dials), '3 answered (a 3), 1 sent again after a lost SYN');
});
