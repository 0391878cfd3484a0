import {existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import test from 'ava';
import type {Provider} from '../../clusters/provider.ts';
import {UsageError} from '../usage.ts';
import {clean, cleanCache} from './clean.ts';
import type {Removal} from './down.ts';
import {isAlive, thisProcess} from '../process-ref.ts';
import {makeOwned} from './owner.ts';

const temporary = mkdtempSync(join(tmpdir(), 'vipcheck-clean-'));
test.after.always(() => rmSync(temporary, {recursive: true}));

/** A machine with: a running process's cluster, a killed one's, a kept one, one without an owner, and traces without a directory. */
const machine = async () => {
	const root = mkdtempSync(join(temporary, 'clusters-'));
	const gone = {pid: 2 ** 22 + 1, start: '1', since: 0};
	makeOwned(join(root, 'alive'), {...(await thisProcess()), kept: false, provider: 'one', since: 0});
	makeOwned(join(root, 'dead'), {...gone, kept: false, provider: 'one'});
	// The same number, another process.
	makeOwned(join(root, 'reused'), {pid: process.pid, start: '1', kept: false, provider: 'two', since: 0});
	makeOwned(join(root, 'kept'), {...gone, kept: true, provider: 'one'});
	mkdirSync(join(root, 'bare'));
	mkdirSync(join(root, 'cut'));
	writeFileSync(join(root, 'cut', 'owner.json'), '{"pid":');
	const destroyed: string[] = [];
	const provider = (name: string, strays: readonly string[]): Provider => ({
		name,
		modes: [],
		versions: [],
		preflight: async () => ({ok: false, why: ''}),
		create: async () => Promise.reject(new Error('no')),
		async destroy(_dir, id) {
			if (id === 'stuck') throw new Error('a process does not end');
			destroyed.push(`${name} ${id}`);
		},
		strays: async () => strays,
	});
	const removals: Removal[] = [];
	return {
		root,
		destroyed,
		removals,
		providers: [provider('one', ['alive', 'kept', 'lost', 'stuck']), provider('two', [])],
		options: {ids: [], all: false, root, signals: () => 0, done: (removal: Removal) => removals.push(removal)},
	};
};

test('clean removes what nobody owns, and nothing else', async t => {
	const {root, destroyed, removals, providers, options} = await machine();
	await clean(providers, options);
	t.deepEqual(destroyed.toSorted(), ['one bare', 'one cut', 'one dead', 'one lost', 'two bare', 'two cut', 'two reused']);
	t.deepEqual(
		['alive', 'dead', 'reused', 'kept', 'bare', 'cut'].filter(id => existsSync(join(root, id))),
		['alive', 'kept'],
	);
	t.deepEqual(
		removals.filter(({error}) => error !== undefined).map(({id}) => id),
		['stuck'],
	);
	t.is(removals.length, 6);
});

test("--all takes kept ones too, never a running process's", async t => {
	const {root, providers, options} = await machine();
	await clean(providers, {...options, all: true});
	t.deepEqual(
		['alive', 'kept'].filter(id => existsSync(join(root, id))),
		['alive'],
	);
});

test('only the ids that are named', async t => {
	const {destroyed, providers, options} = await machine();
	await clean(providers, {...options, ids: ['dead', 'alive', 'kept']});
	t.deepEqual(destroyed, ['one dead']);
});

test('the cache stays while there is a cluster', async t => {
	const {root} = await machine();
	await t.throwsAsync(cleanCache(temporary, root), {instanceOf: UsageError, message: /in use by alive, bare, cut, dead, kept, reused/});
	const cache = mkdtempSync(join(temporary, 'cache-'));
	mkdirSync(join(cache, 'clusters'));
	mkdirSync(join(cache, 'programs'));
	t.deepEqual(await cleanCache(cache, join(cache, 'clusters')), ['programs']);
	t.false(existsSync(join(cache, 'programs')));
});

test('this process is alive, a later one with its number is not it', async t => {
	t.true(await isAlive(await thisProcess()));
	t.false(await isAlive({pid: process.pid, start: '1'}));
	t.false(await isAlive({pid: 2 ** 22 + 1, start: '1'}));
});
