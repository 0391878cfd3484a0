import test from 'ava';
import {balance, MAX_FALSE_ALARM, roundRobin} from './balance.ts';
import {chiSquareTail, chiSquareThreshold} from './chi-square.ts';
import type {Dial} from './vantage.ts';

const answers = (counts: Readonly<Record<string, number>>): readonly Dial[] =>
	Object.entries(counts).flatMap(([backend, count]) =>
		Array.from({length: count}, () => ({at: 0, ms: 1, outcome: 'answered', backend, sourceIp: '10.244.1.2'}) as const),
	);
const lost = (count: number): readonly Dial[] =>
	Array.from({length: count}, () => ({at: 0, ms: 2000, outcome: 'timeout', detail: 'no answer to SYN'}) as const);
const even = {a: 1, b: 1, c: 1};

// 30 digits of mpmath, gammainc(df / 2, x / 2, regularized=True).
for (const [x, df, tail] of [
	[3.841458820694124, 1, 0.05],
	[1000, 1, 1.7958327848007262e-219],
	[100, 10, 5.4497019829205293e-17],
	[0.001, 5, 0.999_999_998_318_512_28],
	[1400, 3, 2.9456193610163087e-303],
	[300, 100, 7.4121008573228768e-22],
	[80, 100, 0.929_664_933_340_605_05],
	[59, 59, 0.475_511_997_295_330_11],
	[0, 4, 1],
] as const) {
	test(`chiSquareTail(${x}, ${df})`, t => t.true(Math.abs(chiSquareTail(x, df) / tail - 1) < 1e-11, `${chiSquareTail(x, df)}`));
}

test('chiSquareThreshold: with two degrees of freedom the tail is exp(-x/2)', t => {
	t.true(Math.abs(chiSquareThreshold(1e-6, 2) - 2 * Math.log(1e6)) < 1e-9);
	t.true(Math.abs(chiSquareThreshold(0.05, 1) - 3.841458820694124) < 1e-9);
});

/** The exact probability that 600 connections to three backends with these shares are called uneven: the sum over all outcomes. */
const alarmRate = (shares: readonly [number, number, number]): number => {
	const n = 600;
	const logFactorial = [0];
	for (let k = 1; k <= n; k++) {
		logFactorial.push(logFactorial[k - 1]! + Math.log(k));
	}

	const threshold = chiSquareThreshold(MAX_FALSE_ALARM, 2);
	let rate = 0;
	for (let a = 0; a <= n; a++) {
		for (let b = 0; a + b <= n; b++) {
			const counts = [a, b, n - a - b];
			if (counts.reduce((sum, count) => sum + (count - 200) ** 2 / 200, 0) > threshold) {
				rate += Math.exp(
					counts.reduce((sum, count, i) => sum - logFactorial[count]! + count * Math.log(shares[i]!), logFactorial[n]!),
				);
			}
		}
	}

	return rate;
};

test('false alarms: one in a million batches of 600', t => {
	const rate = alarmRate([1 / 3, 1 / 3, 1 / 3]);
	t.log(`exact false-alarm rate ${rate.toExponential(3)}`);
	t.true(rate > 0.9e-6 && rate < 1.1e-6);
});

for (const [name, shares] of [
	['one backend gets 48.2 % instead of 33.3 %', [0.482, 0.259, 0.259]],
	['one gets 19.5 %', [0.195, 0.4025, 0.4025]],
	['an eighth moves from one to another', [1 / 3 + 0.125, 1 / 3 - 0.125, 1 / 3]],
] as const) {
	test(`power: ${name}: found with 99 % probability`, t => {
		const rate = alarmRate(shares);
		t.log(rate.toFixed(4));
		t.true(rate >= 0.99 && rate < 0.995, 'no better and no worse than documented');
	});
}

for (const {title, dials, expected = even, ok, verdict} of [
	{
		title: 'as chance would',
		dials: answers({a: 201, b: 199, c: 200}),
		ok: true,
		verdict: /^600 answers shared out as chance would \(a 201, b 199, c 200; chi² 0\.01, limit 27\.63, p 0\.995\)$/,
	},
	{
		title: 'a third backend that gets nothing',
		dials: answers({a: 300, b: 300}),
		ok: false,
		verdict: /^never seen: c; uneven beyond chance \(a 300, b 300, c 0; chi² 300\.00, limit 27\.63, p 7\.2e-66\)$/,
	},
	{title: 'skewed', dials: answers({a: 300, b: 150, c: 150}), ok: false, verdict: /^uneven beyond chance \(a 300, b 150, c 150;/},
	{title: 'iptables with one statistic rule gone', dials: answers({a: 200, b: 400, c: 0}), ok: false, verdict: /never seen: c/},
	{
		title: 'a stranger among them',
		dials: answers({a: 200, b: 200, c: 199, x: 1}),
		ok: false,
		verdict: /^answers from backends that are not expected \(x 1\)$/,
	},
	{
		title: 'lost ones are named',
		dials: [...answers({a: 200, b: 199, c: 199}), ...lost(2)],
		ok: false,
		verdict: /^2 of 600 connections got no answer$/,
	},
	{title: 'weights', dials: answers({a: 450, b: 150}), expected: {a: 3, b: 1}, ok: true, verdict: /^600 answers shared out/},
	{
		title: 'weight 0 means: no answer',
		dials: answers({a: 599, b: 1}),
		expected: {a: 1, b: 0},
		ok: false,
		verdict: /not expected \(b 1\)/,
	},
	{title: 'a Map, one backend only', dials: answers({a: 20}), expected: new Map([['a', 1]]), ok: true, verdict: /^20 answers shared out/},
	{title: 'too few to say anything', dials: answers({a: 5, b: 4}), ok: true, verdict: /; too few answers for a reliable test$/},
	{title: 'nothing sent', dials: [], ok: false, verdict: /^nothing was sent/},
	{title: 'all lost', dials: lost(3), ok: false, verdict: /^3 of 3 connections got no answer/},
	{
		title: 'one of 20 backends never seen: too little for chi², enough for its own test',
		dials: answers(Object.fromEntries(Array.from({length: 19}, (_, i) => [`b${i}`, 32]))),
		expected: Object.fromEntries(Array.from({length: 20}, (_, i) => [`b${i}`, 1])),
		ok: false,
		verdict: /^never seen: b19$/,
	},
] as readonly {
	title: string;
	dials: readonly Dial[];
	expected?: Parameters<typeof balance>[1];
	ok: boolean;
	verdict: RegExp;
}[]) {
	test(`balance: ${title}`, t => {
		const found = balance(dials, expected);
		t.regex(found.verdict, verdict);
		t.is(found.ok, ok);
	});
}

test('balance: figures', t => {
	const {verdict, threshold, p, chi2, ...found} = balance([...answers({a: 10, x: 2}), ...lost(1)], even);
	t.deepEqual(found, {
		counts: new Map([
			['a', 10],
			['b', 0],
			['c', 0],
		]),
		df: 2,
		foreign: new Map([['x', 2]]),
		missing: ['b', 'c'],
		lost: 1,
		ok: false,
	});
	t.true(Math.abs(chi2 - 20) < 1e-9 && Math.abs(p - Math.exp(-10)) < 1e-15 && threshold > 27.6 && verdict !== '');
	t.throws(() => balance([], {}), {instanceOf: RangeError});
});

for (const {title, dials, ok, verdict} of [
	{
		title: 'dealt out in turn',
		dials: answers({a: 67, b: 67, c: 66}),
		ok: true,
		verdict: '200 answers dealt out in turn (a 67, b 67, c 66)',
	},
	{
		title: 'one too many',
		dials: answers({a: 68, b: 66, c: 66}),
		ok: false,
		verdict: 'not dealt out in turn: 2 between the most and the least (a 68, b 66, c 66)',
	},
	{
		title: 'one never',
		dials: answers({a: 2, b: 2}),
		ok: false,
		verdict: 'not dealt out in turn: 2 between the most and the least (a 2, b 2, c 0)',
	},
	{
		title: 'lost and foreign',
		dials: [...answers({a: 1, b: 1, c: 1, x: 1}), ...lost(1)],
		ok: false,
		verdict: '1 of 5 connections got no answer; answers from backends that are not expected (x 1)',
	},
	{title: 'nothing', dials: [], ok: false, verdict: 'nothing was sent'},
]) {
	test(`roundRobin: ${title}`, t => t.like(roundRobin(dials, ['a', 'b', 'c']), {ok, verdict}));
}
