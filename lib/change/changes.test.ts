import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import type {Kube} from '../kube.ts';
import {stubShell, stubShells} from '../../test/stub-shell.ts';
import {changesOf} from './changes.ts';
import type {Change} from './command.ts';
import {pendingUndos} from './undo.ts';

const change = (name: string): Change => ({
	name,
	make: [{kind: 'run', node: 'worker-1', argv: ['make', name]}],
	undo: [{kind: 'run', node: 'worker-1', argv: ['undo', name]}],
});

const setUp = async (t: ExecutionContext, table: Parameters<typeof stubShell>[0]) => {
	const dir = await mkdtemp(join(tmpdir(), 'vipcheck-changes-'));
	t.teardown(() => rm(dir, {recursive: true}));
	const shell = stubShell(table, {where: 'worker-1'});
	return {dir, shell, changes: changesOf(dir, 'suite/one', {kube: {} as Kube, shells: stubShells(shell)}, new AbortController().signal)};
};

test('a change is taken back once, by hand or at the end, last first', async t => {
	const {dir, shell, changes} = await setUp(t, {'make a': '', 'make b': '', 'make c': '', 'undo a': '', 'undo b': '', 'undo c': ''});
	await changes.make(change('a'));
	const back = await changes.make(change('b'));
	await changes.make(change('c'));
	t.is((await pendingUndos(dir)).length, 3);
	await back();
	await back();
	await changes.takeAllBack();
	await changes.takeAllBack();
	t.deepEqual(shell.calls, ['make a', 'make b', 'make c', 'undo b', 'undo c', 'undo a']);
	t.deepEqual(await pendingUndos(dir), []);
});

test('what fails half-way is taken back all the same', async t => {
	const {dir, shell, changes} = await setUp(t, {'make a': {exitCode: 1, stderr: 'no'}, 'undo a': ''});
	await t.throwsAsync(changes.make(change('a')), {message: /`make a` on worker-1 left with exit code 1/});
	t.is((await pendingUndos(dir)).length, 1);
	await changes.takeAllBack();
	t.deepEqual(shell.calls, ['make a', 'undo a']);
});

test('one that cannot be taken back does not keep the others in, and stays on disk', async t => {
	const {dir, shell, changes} = await setUp(t, {'make a': '', 'make b': '', 'undo a': '', 'undo b': {exitCode: 1}});
	await changes.make(change('a'));
	await changes.make(change('b'));
	await t.throwsAsync(changes.takeAllBack(), {message: /^suite-one 2 b could not be taken out/});
	t.deepEqual(shell.calls, ['make a', 'make b', 'undo b', 'undo a']);
	t.deepEqual(
		(await pendingUndos(dir)).map(({name}) => name),
		['suite-one 2 b'],
	);
});
