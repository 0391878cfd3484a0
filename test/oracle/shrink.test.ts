import test from 'ava';
import {generate} from './generate.ts';
import {shrink} from './shrink.ts';

const whole = generate(7, 36);

test('what does not matter is left out', async t => {
	const [wanted] = whole.slices
		.flatMap(({endpoints}) => endpoints ?? [])
		.map(({addresses}) => addresses[0])
		.toReversed();
	let asked = 0;
	const small = await shrink(whole, async ({slices}) => {
		asked++;
		return slices.some(({endpoints}) => (endpoints ?? []).some(({addresses}) => addresses?.includes(wanted ?? '')));
	});
	t.deepEqual({services: small.services, slices: small.slices}, {services: [], slices: [{endpoints: [{addresses: [wanted]}]}]} as never);
	t.deepEqual(small.settings, whole.settings);
	t.true(asked < 500, `${asked}`);
});

test('a smaller one that cannot be judged is none', async t => {
	const small = await shrink(whole, async ({services}) => {
		if (services.length < whole.services.length) throw new RangeError('too few');
		return true;
	});
	t.is(small.services.length, whole.services.length);
});
