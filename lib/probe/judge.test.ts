import test from 'ava';
import {judge, type Expected} from './judge.ts';
import type {Dial} from './vantage.ts';

const answered = (backend: string): Dial => ({at: 0, ms: 1, outcome: 'answered', backend, sourceIp: '10.244.1.2'});
const refused = (ms: number): Dial => ({at: 0, ms, outcome: 'refused', detail: 'ECONNREFUSED'});
const lost: Dial = {at: 0, ms: 2000, outcome: 'timeout', detail: 'no answer to SYN'};
const hung: Dial = {at: 0, ms: 15_001, connectMs: 1, outcome: 'timeout', detail: 'no byte'};
const byBoth: Expected = {outcome: 'answered', by: ['a', 'b']};
const refusal: Expected = {outcome: 'refused', withinMs: 1000};
const seenAs = (...sources: string[]): Expected => ({outcome: 'answered', by: ['a'], sources: {a: sources}});

for (const {title, dials, expected, ok, wrong} of [
	{title: 'every connection answered by an endpoint', dials: [answered('a'), answered('b')], expected: byBoth, ok: true, wrong: ''},
	{
		title: 'one lost among many is a fault',
		dials: [...Array.from({length: 99}, () => answered('a')), lost],
		expected: byBoth,
		ok: false,
		wrong: '1 timeout of 100',
	},
	{
		title: 'an answer from elsewhere is a fault',
		dials: [answered('a'), answered('x')],
		expected: byBoth,
		ok: false,
		wrong: '1 answered by x, which is no endpoint of 2',
	},
	{
		title: 'faults are counted by kind, the most frequent first',
		dials: [lost, refused(1), refused(1)],
		expected: byBoth,
		ok: false,
		wrong: '2 refused, 1 timeout of 3',
	},
	{title: 'refused at once', dials: [refused(3)], expected: refusal, ok: true, wrong: ''},
	{title: 'refused late', dials: [refused(1500)], expected: refusal, ok: false, wrong: '1 refused only after 1500 ms of 1'},
	{title: 'a timeout is no refusal', dials: [lost], expected: refusal, ok: false, wrong: '1 timeout of 1'},
	{title: 'an answer where none may be', dials: [answered('a')], expected: refusal, ok: false, wrong: '1 answered by a of 1'},
	{title: 'nothing comes back, as it must', dials: [lost, lost], expected: {outcome: 'timeout'}, ok: true, wrong: ''},
	{
		title: 'a backend that is silent is no lost packet',
		dials: [lost, hung],
		expected: byBoth,
		ok: false,
		wrong: '1 timeout, 1 connected but never answered of 2',
	},
	{
		title: 'a connection that stands is no silence',
		dials: [hung],
		expected: {outcome: 'timeout'},
		ok: false,
		wrong: '1 connected but never answered of 1',
	},
	{title: 'a refusal is no silence', dials: [refused(1)], expected: {outcome: 'timeout'}, ok: false, wrong: '1 refused of 1'},
	{title: 'nobody answers, whatever the network says', dials: [lost, refused(1)], expected: {outcome: 'unanswered'}, ok: true, wrong: ''},
	{title: 'somebody answers', dials: [lost, answered('x')], expected: {outcome: 'unanswered'}, ok: false, wrong: '1 answered by x of 2'},
	{title: 'the source that it must be', dials: [answered('a')], expected: seenAs('10.244.1.2'), ok: true, wrong: ''},
	{
		title: 'another source is a fault',
		dials: [answered('a'), answered('a')],
		expected: seenAs('172.18.0.2', '10.244.1.1'),
		ok: false,
		wrong: '2 a saw the client as 10.244.1.2 instead of 172.18.0.2 or 10.244.1.1 of 2',
	},
	{title: 'nothing sent proves nothing', dials: [], expected: byBoth, ok: false, wrong: 'nothing was sent'},
] satisfies {
	title: string;
	dials: Dial[];
	expected: Expected;
	ok: boolean;
	wrong: string;
}[]) {
	test(title, t => {
		const {text, ...judgement} = judge(dials, expected);
		t.deepEqual(judgement, {ok, wrong});
		t.truthy(text);
	});
}
