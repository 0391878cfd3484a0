import test from 'ava';
import {showBytes} from './show-bytes.ts';

test('a number a second, with the total where there is one', t => {
	const told: string[] = [];
	let now = 0;
	const show = showBytes(
		text => told.push(text),
		() => now,
	);
	for (const [at, bytes, total] of [
		[0, 2 ** 20, 2 ** 22],
		[999, 2 ** 21, 2 ** 22],
		[1000, 3 * 2 ** 20, 2 ** 22],
		[1500, 0, undefined],
		[2000, 1.5 * 2 ** 20, undefined],
	] as const) {
		now = at;
		show(bytes, total);
	}
	t.deepEqual(told, ['1.0 of 4.0 MiB', '3.0 of 4.0 MiB', '1.5 MiB']);
});
