import {mkdir, rm, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {loadRules} from './load.ts';
import {indexOf, pageOf} from './pages.ts';

/** Writes docs/rules anew: a page for each rule, and their table. */
const directory = join(import.meta.dirname, '..', '..', 'docs', 'rules');
const rules = await loadRules();
await rm(directory, {recursive: true, force: true});
await mkdir(directory, {recursive: true});
await Promise.all([
	writeFile(join(directory, 'README.md'), indexOf(rules)),
	...rules.map(async rule => writeFile(join(directory, `${rule.id}.md`), pageOf(rule))),
]);
console.log(`${rules.length} pages in docs/rules`);
