import test from 'ava';
import {matchEqual, outOfOrder} from './matching.ts';

for (const [left, right, pairs] of [
	[
		'abc',
		'abc',
		[
			[0, 0],
			[1, 1],
			[2, 2],
		],
	],
	[
		'abc',
		'cab',
		[
			[0, 1],
			[1, 2],
			[2, 0],
		],
	],
	[
		'aab',
		'ba',
		[
			[0, 1],
			[2, 0],
		],
	],
	['abc', '', []],
] as const)
	test(`${left} and ${right || 'nothing'} have ${pairs.length} in common`, t => {
		t.deepEqual(matchEqual([...left], [...right]), pairs);
	});

for (const [order, moved] of [
	['abcd', ''],
	['bcda', 'a'],
	['dabc', 'd'],
	['acbd', 'b'],
	['badc', 'ac'],
	['dcba', 'abc'],
	['bdc', 'd'],
] as const) {
	test(`of abcd as ${order} ${moved || 'none'} moved`, t => {
		const found = outOfOrder(matchEqual([...'abcd'], [...order]))
			.map(([index]) => 'abcd'[index])
			.join('');
		t.is(found.length, moved.length);
		// Without what was moved, the rest is in order; which of several it was is free.
		t.deepEqual(
			[...order].filter(letter => !found.includes(letter)),
			[...'abcd'].filter(letter => order.includes(letter) && !found.includes(letter)),
		);
	});
}
