import test from 'ava';
import type {Backend, Verdict} from '../model/verdict.ts';
import {difference} from './agree.ts';

const backend = (ip: string, probability: number, source: Backend['source'] = 'kept'): Backend => ({ip, port: 80, probability, source});
const backends = (...list: readonly Backend[]): Verdict => ({kind: 'backends', because: 'x', backends: list});
const plain = (kind: 'refused' | 'dropped' | 'node' | 'leaves' | 'unknown'): Verdict => ({kind, because: kind});
const two = backends(backend('10.0.0.1', 0.5), backend('10.0.0.2', 0.5));
const mixed: Verdict = {
	kind: 'mixed',
	because: 'x',
	parts: [
		{probability: 0.75, verdict: two},
		{probability: 0.25, verdict: plain('refused')},
	],
};

const ROWS: ReadonlyArray<readonly [name: string, expected: Verdict, actual: Verdict, difference: string | undefined]> = [
	['the same', two, two, undefined],
	['in another order', two, backends(backend('10.0.0.2', 0.5), backend('10.0.0.1', 0.5)), undefined],
	['with rounded probabilities', two, backends(backend('10.0.0.1', 0.500_000_000_23), backend('10.0.0.2', 0.499_999_999_77)), undefined],
	['one backend told twice', backends(backend('10.0.0.1', 1)), backends(backend('10.0.0.1', 0.5), backend('10.0.0.1', 0.5)), undefined],
	['another kind', plain('refused'), plain('dropped'), 'expected refused, found dropped'],
	['the same kind for another reason', plain('leaves'), {kind: 'leaves', because: 'other'}, undefined],
	['backends instead of nothing', plain('leaves'), two, 'expected leaves, found backends 10.0.0.1:80, 10.0.0.2:80'],
	[
		'another share',
		two,
		backends(backend('10.0.0.1', 0.6), backend('10.0.0.2', 0.4)),
		'10.0.0.1:80: expected 50 %, found 60 %; 10.0.0.2:80: expected 50 %, found 40 %',
	],
	[
		'another source',
		backends(backend('10.0.0.1', 1)),
		backends(backend('10.0.0.1', 1, 'rewritten')),
		'10.0.0.1:80: expected 100 %, found 0 %; 10.0.0.1:80 (source rewritten): expected 0 %, found 100 %',
	],
	['affinity instead of none', two, {...two, sticky: 5} as Verdict, 'expected no affinity, found affinity of 5 s'],
	[
		'none instead of affinity',
		{...two, sticky: 5} as Verdict,
		two,
		'expected affinity of 5 s, found none that holds alike for every backend',
	],
	[
		'some is refused',
		two,
		mixed,
		'10.0.0.1:80: expected 50 %, found 37.5 %; 10.0.0.2:80: expected 50 %, found 37.5 %; refused: expected 0 %, found 25 %',
	],
	['the same mixture', mixed, mixed, undefined],
	['unknown instead of something', two, plain('unknown'), 'expected backends 10.0.0.1:80, 10.0.0.2:80, found unknown'],
	['two that are unknown', plain('unknown'), plain('unknown'), 'expected unknown, found unknown'],
];

for (const [name, expected, actual, told] of ROWS) {
	test(name, t =>
		t.is(
			difference(expected, actual),
			told === undefined ? undefined : `${told} [expected because: ${expected.because}] [found because: ${actual.because}]`,
		),
	);
}

test("the tolerance is the caller's", t => {
	const uneven = backends(backend('10.0.0.1', 0.55), backend('10.0.0.2', 0.45));
	t.is(difference(two, uneven, {probability: 0.06}), undefined);
	t.not(difference(two, uneven, {probability: 0.04}), undefined);
});
