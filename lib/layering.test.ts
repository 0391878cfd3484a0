import {globSync, readFileSync} from 'node:fs';
import {dirname, join, relative} from 'node:path';
import test from 'ava';

const project = join(import.meta.dirname, '..');

/**
 * The floors of the house, from the ground up. A floor may import what its row names, and a row names only floors below it: no arrow runs up.
 * `base` are the files of lib/ itself. `types` may be imported as types only.
 */
const FLOORS: readonly (readonly [part: string, code: readonly string[], types?: readonly string[]])[] = [
	['base', []],
	['lib/options', ['base']],
	['lib/shell', ['base']],
	['lib/record', ['base']],
	['lib/wait', ['base', 'lib/shell', 'lib/record']],
	['lib/probe', ['base', 'lib/shell', 'lib/wait']],
	['lib/facts', ['base', 'lib/shell']],
	['lib/model', ['base'], ['lib/facts']],
	['lib/gather', ['base', 'lib/shell', 'lib/facts'], ['lib/model']],
	['lib/trace', ['base', 'lib/facts', 'lib/model'], ['lib/probe']],
	['lib/chain', ['base', 'lib/record', 'lib/wait', 'lib/probe', 'lib/facts', 'lib/model', 'lib/gather', 'lib/trace'], ['lib/shell']],
	['lib/diagnose', ['base', 'lib/shell', 'lib/record', 'lib/facts', 'lib/model', 'lib/gather', 'lib/trace', 'lib/chain']],
	['lib/change', ['base', 'lib/shell', 'lib/wait', 'lib/model']],
	[
		'lib/testbed',
		['base', 'lib/shell', 'lib/record', 'lib/wait', 'lib/probe', 'lib/facts', 'lib/model', 'lib/gather', 'lib/chain', 'lib/change'],
	],
	['lib/check', ['base', 'lib/shell', 'lib/record', 'lib/wait', 'lib/model', 'lib/testbed']],
	[
		'suites',
		[
			'base',
			'lib/shell',
			'lib/record',
			'lib/wait',
			'lib/probe',
			'lib/facts',
			'lib/model',
			'lib/gather',
			'lib/trace',
			'lib/change',
			'lib/testbed',
			'lib/check',
		],
	],
	[
		'lib/faults',
		[
			'base',
			'lib/shell',
			'lib/record',
			'lib/wait',
			'lib/probe',
			'lib/facts',
			'lib/model',
			'lib/gather',
			'lib/chain',
			'lib/change',
			'lib/testbed',
			'lib/check',
		],
	],
	['clusters/provider.ts', ['base']],
	// Others may be made of the parts of the embedded cluster.
	['clusters/embedded', ['base', 'lib/shell', 'lib/model', 'clusters/provider.ts']],
	['clusters/containers', ['base', 'lib/shell', 'clusters/embedded']],
	['clusters', ['base', 'lib/shell', 'lib/model', 'clusters/provider.ts', 'clusters/embedded', 'clusters/containers']],
	['clusters/node-image', ['base', 'lib/shell', 'clusters/embedded', 'clusters/containers', 'clusters']],
	['lib/cluster', ['base', 'lib/options', 'lib/shell', 'lib/record', 'lib/wait', 'lib/change', 'lib/testbed'], ['clusters/provider.ts']],
	['lib/claims', ['base', 'lib/record']],
	['reports', ['base', 'lib/record', 'lib/claims'], ['lib/chain', 'lib/model', 'lib/diagnose']],
	[
		'lib/run',
		['base', 'lib/options', 'lib/record', 'lib/change', 'lib/testbed', 'lib/check', 'lib/faults', 'lib/cluster', 'reports'],
		['clusters/provider.ts'],
	],
	[
		'lib/commands',
		[
			'base',
			'lib/options',
			'lib/shell',
			'lib/diagnose',
			'clusters/node-image',
			'lib/change',
			'lib/check',
			'lib/faults',
			'lib/cluster',
			'reports',
			'lib/run',
		],
	],
	['lib/cli.ts', ['base', 'lib/options', 'lib/commands']],
	['test', ['base', 'lib/shell', 'lib/facts', 'lib/model', 'lib/gather', 'lib/trace']],
	[
		'bench',
		[
			'base',
			'lib/options',
			'lib/shell',
			'lib/record',
			'lib/probe',
			'lib/diagnose',
			'lib/testbed',
			'lib/check',
			'lib/cluster',
			'lib/run',
			'reports',
		],
		['clusters/provider.ts'],
	],
	['.ci', ['base', 'lib/wait', 'lib/record', 'clusters/embedded', 'clusters', 'reports', 'test']],
];

const MAY_IMPORT: Readonly<Record<string, {readonly code: readonly string[]; readonly types: readonly string[]}>> = Object.fromEntries(
	FLOORS.map(([part, code, types = []]) => [part, {code, types}]),
);

/** Packages that only some may import. */
const KEPT_FOR: Readonly<Record<string, readonly string[]>> = {
	ava: ['lib/check/declare.ts'],
	commander: ['lib/cli.ts', 'lib/commands'],
	'@kubernetes/client-node': ['lib/kube.ts', 'lib/kube-exec.ts', 'lib/read-kube.ts'],
};

type Import = {
	readonly from: string;
	readonly to: string;
	readonly typeOnly: boolean;
};

const sources = globSync('{lib,test,clusters,reports,suites,bench,.ci}/**/*.ts', {cwd: project}).filter(
	file => !file.endsWith('.test.ts') && !file.includes('/fixtures/'),
);

const STATEMENT = /^(?:import|export)(?<type> type)?\s(?:[^;'"]*?\sfrom\s)?['"](?<from>[^'"]+)['"]|import\(['"](?<dynamic>[^'"]+)['"]\)/gm;

const importsOf = (file: string): readonly Import[] =>
	[...readFileSync(join(project, file), 'utf8').matchAll(STATEMENT)].map(({groups}) => {
		const name = groups?.['from'] ?? groups?.['dynamic'] ?? '';
		return {
			from: file,
			to: name.startsWith('.') ? relative(project, join(project, dirname(file), name)) : name,
			typeOnly: groups?.['type'] !== undefined,
		};
	});

const imports = sources.flatMap(file => importsOf(file));
const inProject = imports.filter(({to}) => to.endsWith('.ts'));

const partOf = (file: string): string => {
	if (file in MAY_IMPORT) return file;
	const [first = '', second = ''] = file.split('/');
	const room = `${first}/${second}`;
	if (room in MAY_IMPORT) return room;
	if (first !== 'lib') return first;
	return second.endsWith('.ts') ? 'base' : room;
};

/** Each provider, like each file of a part, is free within itself; providers do not know each other. */
const areaOf = (file: string): string => (partOf(file) === 'clusters' ? file.split('/').slice(0, 2).join('/') : partOf(file));

test('imports go one way', t => {
	t.true(sources.length > 100 && imports.length > 300);
	const wrong = inProject.filter(({from, to, typeOnly}) => {
		if (areaOf(from) === areaOf(to)) return false;
		const allowed = MAY_IMPORT[partOf(from)];
		return !allowed || ![...allowed.code, ...(typeOnly ? allowed.types : [])].some(part => part === to || part === partOf(to));
	});
	t.deepEqual(
		wrong.map(({from, to}) => `${from} imports ${to}`),
		[],
	);
});

test('no floor rests on one above it', t => {
	const order = FLOORS.map(([part]) => part);
	const up = FLOORS.flatMap(([part, code, types = []], floor) =>
		[...code, ...types].filter(below => !order.slice(0, floor).includes(below)).map(below => `${part} rests on ${below}`),
	);
	t.deepEqual(up, []);
});

test('some packages are for few', t => {
	const wrong = imports.filter(
		({from, to, typeOnly}) =>
			to in KEPT_FOR && !typeOnly && !KEPT_FOR[to]!.some(place => from === place || from.startsWith(`${place}/`)),
	);
	t.deepEqual(
		wrong.map(({from, to}) => `${from} imports ${to}`),
		[],
	);
});

test('no file imports itself by a circle', t => {
	const edges = Map.groupBy(
		inProject.filter(({typeOnly}) => !typeOnly),
		({from}) => from,
	);
	const done = new Set<string>();
	const visit = (file: string, path: readonly string[]): string[] => {
		if (path.includes(file)) return [[...path.slice(path.indexOf(file)), file].join(' → ')];
		if (done.has(file)) return [];
		const circles = (edges.get(file) ?? []).flatMap(({to}) => visit(to, [...path, file]));
		done.add(file);
		return circles;
	};
	t.deepEqual(
		sources.flatMap(file => visit(file, [])),
		[],
	);
});

test('no part is left out of the table, and none in it is gone', t => {
	t.deepEqual(
		[...new Set(sources.map(partOf))].filter(part => !(part in MAY_IMPORT)),
		[],
	);
});

test('no source holds more than 250 lines', t => {
	const long = sources.filter(file => readFileSync(join(project, file), 'utf8').split('\n').length > 251);
	t.deepEqual(long, []);
});
