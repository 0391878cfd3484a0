import test from 'ava';
import {judge, type Expected} from './judge.ts';
import type {Dial} from './vantage.ts';

const answered = (backend: string): Dial => ({at: 0, ms: 1, outcome: 'answered', backend, sourceIp: '10.244.1.2'});
const refused = (ms: number): Dial => ({at: 0, ms, outcome: 'refused', detail: 'ECONNREFUSED'});
const lost: Dial = {at: 0, ms: 2000, outcome: 'timeout', detail: 'no answer to SYN'};
const byBoth: Expected = {outcome: 'answered', by: ['a', 'b']};
const refusal: Expected = {outcome: 'refused', withinMs: 1000};

for (const {title, dials, expected, ok, wrong} of [
	{title: 'every connection answered by an endpoint', dials: [answered('a'), answered('b')], expected: byBoth, ok: true, wrong: ''},
	{title: 'one lost among many is a fault', dials: [...Array.from({length: 99}, () => answered('a')), lost], expected: byBoth, ok: false, wrong: '1 timeout of 100'},
	{title: 'an answer from elsewhere is a fault', dials: [answered('a'), answered('x')], expected: byBoth, ok: false, wrong: '1 answered by x, which is no endpoint of 2'},
	{title: 'faults are counted by kind, the most frequent first', dials: [lost, refused(1), refused(1)], expected: byBoth, ok: false, wrong: '2 refused, 1 timeout of 3'},
	{title: 'refused at once', dials: [refused(3)], expected: refusal, ok: true, wrong: ''},
	{title: 'refused late', dials: [refused(1500)], expected: refusal, ok: false, wrong: '1 refused only after 1500 ms of 1'},
	{title: 'a timeout is no refusal', dials: [lost], expected: refusal, ok: false, wrong: '1 timeout of 1'},
	{title: 'an answer where none may be', dials: [answered('a')], expected: refusal, ok: false, wrong: '1 answered by a of 1'},
	{title: 'nothing sent proves nothing', dials: [], expected: byBoth, ok: false, wrong: 'nothing was sent'},
]) {
	test(title, t => {
		const {text, ...judgement} = judge(dials, expected);
		t.deepEqual(judgement, {ok, wrong});
		t.truthy(text);
	});
}
