import test from 'ava';
import {SUBJECTS, fault, fixture} from '../../../test/fuzz/fuzz.ts';
import {mutate} from '../../../test/fuzz/mutate.ts';
import {randomFrom} from '../../random.ts';
import {remainder} from './remainder.ts';

const FOR_MS = 1200;

test('damaged texts: no parser throws, and none loses a line', t => {
	const random = randomFrom(5);
	const texts = SUBJECTS.flatMap(subject => subject.fixtures.map(name => ({subject, text: fixture(name)})));
	const end = performance.now() + FOR_MS;
	let tried = 0;
	do {
		for (const {subject, text} of texts) {
			const damaged = mutate(text, random);
			const wrong = fault(subject, damaged);
			if (wrong !== undefined) return t.fail(`${subject.name}: ${wrong}: ${JSON.stringify(damaged)}`);
			tried++;
		}
	} while (performance.now() < end);
	t.true(tried >= texts.length);
});

test('no parser throws for a whole text of another tool', t => {
	const fixtures = SUBJECTS.flatMap(subject => subject.fixtures);
	for (const subject of SUBJECTS) {
		for (const name of fixtures) t.is(fault(subject, fixture(name)), undefined, `${subject.name} on ${name}`);
	}
});

for (const [name, make, expected] of [
	[
		'one that throws',
		() => {
			throw new RangeError('deep');
		},
		/throws RangeError: deep/,
	],
	[
		'one that loses a line',
		() => ({remainder: [remainder(1, 'a', 'odd')], understood: 0}),
		/2 lines, but 0 were understood and 1 are in the remainder/,
	],
	['one that changes what it read', (text: string) => ({remainder: [], rendered: `${text}x`}), /gives something else/],
	[
		'one that does not know its own',
		(text: string) => ({remainder: text === 'a\nb' ? [] : [remainder(1, 'x', 'odd')], rendered: 'x'}),
		/is not understood/,
	],
] as const) {
	test(`what the fuzz finds: ${name}`, t => t.regex(fault({name: 'x', fixtures: [], make}, 'a\nb') ?? '', expected));
}
