import {globSync, readFileSync} from 'node:fs';
import {dirname, join, relative} from 'node:path';
import test from 'ava';

const project = join(import.meta.dirname, '..');

/** Part → what its files may import. `types` may be imported as types only. `base` are the files of lib/ itself. */
const MAY_IMPORT: Readonly<Record<string, {readonly code: readonly string[]; readonly types?: readonly string[]}>> = {
	base: {code: [], types: ['lib/shell']},
	'lib/shell': {code: ['base']},
	'lib/probe': {code: ['base', 'lib/shell']},
	'lib/gather': {code: ['base', 'lib/shell', 'lib/model']},
	'lib/model': {code: [], types: ['base', 'lib/gather']},
	'lib/chain': {code: ['base', 'lib/gather', 'lib/model', 'lib/probe'], types: ['lib/shell']},
	'lib/trace': {code: ['lib/model', 'lib/gather'], types: ['base', 'lib/probe']},
	// What the process of a suite reads from its parent: the plan, the record, the clients' names.
	'lib/check': {code: ['base', 'lib/shell', 'lib/probe', 'lib/gather', 'lib/model', 'lib/trace', 'lib/chain', 'lib/run/append.ts', 'lib/run/clients.ts', 'lib/run/run-plan.ts']},
	'lib/faults': {code: ['base', 'lib/shell', 'lib/probe', 'lib/model', 'lib/chain', 'lib/check']},
	suites: {code: ['base', 'lib/probe', 'lib/gather', 'lib/model', 'lib/check']},
	reports: {code: ['base']},
	'clusters/provider.ts': {code: [], types: ['base']},
	clusters: {code: ['base', 'lib/shell'], types: ['clusters/provider.ts']},
	'lib/run': {code: ['base', 'lib/shell', 'lib/probe', 'lib/check', 'lib/faults', 'reports'], types: ['clusters/provider.ts']},
	'lib/commands': {code: ['base', 'lib/check', 'lib/faults', 'lib/run', 'reports']},
	'lib/cli.ts': {code: ['base', 'lib/run', 'lib/commands']},
	bench: {code: ['base', 'lib/shell', 'lib/probe', 'lib/model', 'lib/check', 'lib/run', 'reports'], types: ['clusters/provider.ts']},
	'lib/oracle': {code: ['lib/gather', 'lib/model', 'lib/trace', 'lib/check/shapes/draw.ts'], types: ['base']},
	'.ci': {code: ['base', 'lib/gather', 'lib/oracle', 'clusters']},
};

/** Packages that only some may import. */
const KEPT_FOR: Readonly<Record<string, readonly string[]>> = {
	ava: ['lib/check/declare.ts'],
	commander: ['lib/cli.ts', 'lib/commands'],
	'@kubernetes/client-node': ['lib/kube.ts'],
};

type Import = {readonly from: string; readonly to: string; readonly typeOnly: boolean};

const sources = globSync('{lib,clusters,reports,suites,bench,.ci}/**/*.ts', {cwd: project}).filter(file => !file.endsWith('.test.ts') && !file.includes('/fixtures/'));

const STATEMENT = /^(?:import|export)(?<type> type)?\s(?:[^;'"]*?\sfrom\s)?['"](?<from>[^'"]+)['"]|import\(['"](?<dynamic>[^'"]+)['"]\)/gm;

const importsOf = (file: string): readonly Import[] => [...readFileSync(join(project, file), 'utf8').matchAll(STATEMENT)].map(({groups}) => {
	const name = groups?.['from'] ?? groups?.['dynamic'] ?? '';
	return {from: file, to: name.startsWith('.') ? relative(project, join(project, dirname(file), name)) : name, typeOnly: groups?.['type'] !== undefined};
});

const imports = sources.flatMap(file => importsOf(file));
const inProject = imports.filter(({to}) => to.endsWith('.ts'));

const partOf = (file: string): string => {
	if (file in MAY_IMPORT) return file;
	const [first = '', second = ''] = file.split('/');
	if (first !== 'lib') return first;
	return second.endsWith('.ts') ? 'base' : `lib/${second}`;
};

/** Each provider, like each file of a part, is free within itself; providers do not know each other. */
const areaOf = (file: string): string => partOf(file) === 'clusters' ? file.split('/').slice(0, 2).join('/') : partOf(file);

test('imports go one way', t => {
	t.true(sources.length > 100 && imports.length > 300);
	const wrong = inProject.filter(({from, to, typeOnly}) => {
		if (areaOf(from) === areaOf(to)) return false;
		const allowed = MAY_IMPORT[partOf(from)];
		return !allowed || ![...allowed.code, ...(typeOnly ? allowed.types ?? [] : [])].some(part => part === to || part === partOf(to));
	});
	t.deepEqual(wrong.map(({from, to}) => `${from} imports ${to}`), []);
});

test('some packages are for few', t => {
	const wrong = imports.filter(({from, to, typeOnly}) => to in KEPT_FOR && !typeOnly && !KEPT_FOR[to]!.some(place => from === place || from.startsWith(`${place}/`)));
	t.deepEqual(wrong.map(({from, to}) => `${from} imports ${to}`), []);
});

test('no file imports itself by a circle', t => {
	const edges = Map.groupBy(inProject.filter(({typeOnly}) => !typeOnly), ({from}) => from);
	const done = new Set<string>();
	const visit = (file: string, path: readonly string[]): string[] => {
		if (path.includes(file)) return [[...path.slice(path.indexOf(file)), file].join(' → ')];
		if (done.has(file)) return [];
		const circles = (edges.get(file) ?? []).flatMap(({to}) => visit(to, [...path, file]));
		done.add(file);
		return circles;
	};
	t.deepEqual(sources.flatMap(file => visit(file, [])), []);
});

test('no part is left out of the table, and none in it is gone', t => {
	t.deepEqual([...new Set(sources.map(partOf))].filter(part => !(part in MAY_IMPORT)), []);
});

test('no source holds more than 250 lines', t => {
	// prober.ts is sent to the nodes as one text and may import nothing.
	const long = sources.filter(file => file !== 'lib/probe/prober.ts' && readFileSync(join(project, file), 'utf8').split('\n').length > 251);
	t.deepEqual(long, []);
});
