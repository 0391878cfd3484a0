import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import test from 'ava';
import {proberSource} from './prober-source.ts';

const source = proberSource();

test('the prober is one program that imports nothing but modules of Node', t => {
	const imports = source.match(/^import\b.*/gm) ?? [];
	t.true(imports.length > 3);
	t.deepEqual(
		imports.filter(line => !/ from 'node:[\w/]+';$/.test(line)),
		[],
	);
	t.is(new Set(imports).size, imports.length);
	t.notRegex(source, /^export\b/m);
});

test('all that its files define is in it, once', t => {
	const dir = join(import.meta.dirname, 'prober');
	const names = readdirSync(dir).flatMap(file =>
		[...readFileSync(join(dir, file), 'utf8').matchAll(/^(?:export )?const (\w+)/gm)].map(([, name]) => name),
	);
	t.true(names.length > 20);
	t.deepEqual([...source.matchAll(/^const (\w+)/gm)].map(([, name]) => name).sort(), names.sort());
	t.is(new Set(names).size, names.length);
});
