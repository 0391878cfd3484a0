import test from 'ava';
import {isTorn} from './torn.ts';

for (const [title, text, torn] of [
	['each chain once', '*nat\n:A - [0:0]\n:B - [0:0]\nCOMMIT\n', false],
	['a chain of one name in two tables', '*filter\n:INPUT ACCEPT [0:0]\nCOMMIT\n*nat\n:INPUT ACCEPT [0:0]\nCOMMIT\n', false],
	['nothing', '', false],
	['a chain twice in one table', '*nat\n:A - [0:0]\n:B - [0:0]\n:A - [0:0]\n-A A -j B\nCOMMIT\n', true],
	['twice, with other counters', '*nat\n:A - [0:0]\n:A - [7:9]\nCOMMIT\n', true],
] as const)
	test(`${title} is ${torn ? '' : 'not '}torn`, t => {
		t.is(isTorn(text), torn);
	});
