/**
 * Gives damaged texts to all parsers for a while: node .ci/fuzz.ts [seconds] [seed].
 * Prints each text that a parser fails on, then `N passed, N failed` (texts).
 */
import {SUBJECTS, fault, fixture} from '../test/fuzz/fuzz.ts';
import {mutate} from '../test/fuzz/mutate.ts';
import {randomFrom} from '../lib/random.ts';

const [seconds = '60', seed = String(Date.now() % 1_000_000)] = process.argv.slice(2);
const random = randomFrom(Number(seed));
const texts = SUBJECTS.flatMap(subject => subject.fixtures.map(name => ({subject, text: fixture(name)})));
const end = performance.now() + Number(seconds) * 1000;
let passed = 0,
	failed = 0;
console.log(`seed ${seed}`);
while (performance.now() < end && failed < 20) {
	for (const {subject, text} of texts) {
		const damaged = mutate(text, random);
		const wrong = fault(subject, damaged);
		if (wrong === undefined) passed++;
		else {
			failed++;
			console.log(`${subject.name}: ${wrong}\n${JSON.stringify(damaged.slice(0, 4000))}`);
		}
	}
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
