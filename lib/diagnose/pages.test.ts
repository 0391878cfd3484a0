import {readdir, readFile} from 'node:fs/promises';
import {join} from 'node:path';
import test from 'ava';
import {loadRules} from './load.ts';
import {indexOf, pageOf} from './pages.ts';

const directory = join(import.meta.dirname, '..', '..', 'docs', 'rules');

test('the pages are those of the rules: node lib/diagnose/write-pages.ts makes them', async t => {
	const rules = await loadRules();
	t.deepEqual((await readdir(directory)).sort(), ['README.md', ...rules.map(({id}) => `${id}.md`)].sort());
	t.is(await readFile(join(directory, 'README.md'), 'utf8'), indexOf(rules));
	for (const rule of rules) t.is(await readFile(join(directory, `${rule.id}.md`), 'utf8'), pageOf(rule), rule.id);
});
