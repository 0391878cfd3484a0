import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import test from 'ava';
import {hasMembers, loadParts, partsIn} from './load.ts';

type Part = {readonly word: string};
const isPart = hasMembers<Part>('word');

const folder = mkdtempSync(join(tmpdir(), 'vipcheck-load-'));
test.after.always(() => rmSync(folder, {recursive: true}));
for (const [path, text] of [
	['b.ts', "export default {word: 'b'};"],
	['a/index.ts', "export default {word: 'a'};"],
	['a/other.ts', ''],
	['bare/other.ts', ''],
	['b.test.ts', ''],
	['type.ts', 'export default {};'],
	['notes.md', ''],
] as const) {
	mkdirSync(join(folder, path, '..'), {recursive: true});
	writeFileSync(join(folder, path), text);
}

test('a part is a file, or a folder with an index.ts', async t => {
	const files = partsIn(folder, name => name !== 'type');
	t.deepEqual(
		files.map(({name}) => name),
		['a', 'b'],
	);
	t.deepEqual(
		(await loadParts(files, 'part', isPart)).map(({name, part}) => `${name} ${part.word}`),
		['a a', 'b b'],
	);
});

test('a file that holds none is named', async t => {
	await t.throwsAsync(loadParts(partsIn(folder), 'part', isPart), {
		instanceOf: TypeError,
		message: /vipcheck-load-\w+\/type\.ts has no part as its default export$/,
	});
});
