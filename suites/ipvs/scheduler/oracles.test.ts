import test from 'ava';
import {fewest, hashed, inTurn, one} from './oracles.ts';

const ENDPOINTS = ['a', 'b', 'c'];
const of = (text: string): readonly string[] => [...text];

for (const [title, oracle, good, bad] of [
	['in turn', inTurn, ['abcabc', 'cabcab', 'abc'], ['abcacb', 'aaabbb', 'abxabx', 'aaaaaa']],
	['fewest', fewest, ['abcabc', 'abcbac'], ['aab', 'aaabbbccc', 'abx']],
	['one', one, ['aaaa', 'c'], ['aaab', 'abcabc', 'xxxx']],
	['hashed', hashed, ['aabcba'], ['abcabc', 'aabbaa', 'aaaaaa', 'abcx']],
] as const)
	test(title, t => {
		t.deepEqual(
			good.map(text => oracle(of(text), ENDPOINTS)),
			good.map(() => undefined),
		);
		for (const text of bad) t.is(typeof oracle(of(text), ENDPOINTS), 'string', text);
	});
