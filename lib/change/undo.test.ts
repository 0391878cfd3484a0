import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import test from 'ava';
import type {Kube} from '../kube.ts';
import {TransportError} from '../shell/shell.ts';
import {stubShell, stubShells} from '../../test/stub-shell.ts';
import type {Command} from './command.ts';
import {carryOutUndo, pendingUndos, saveUndo} from './undo.ts';

const run = (...argv: string[]): Command => ({kind: 'run', node: 'worker-1', argv});
const undo = {name: 'endpoint-rule', check: 'clusterip/reach', commands: [run('restore'), run('continue')]};

const setUp = async (t: {teardown(fn: () => Promise<void>): void}, table: Parameters<typeof stubShell>[0]) => {
	const dir = await mkdtemp(join(tmpdir(), 'vipcheck-undo-'));
	t.teardown(() => rm(dir, {recursive: true}));
	const shell = stubShell(table, {where: 'worker-1'});
	return {dir, shell, tools: {kube: {} as Kube, shells: stubShells(shell)}};
};

test('an undo lies on disk until it is done', async t => {
	const {dir, shell, tools} = await setUp(t, {restore: '', continue: ''});
	t.deepEqual(await pendingUndos(dir), []);
	await saveUndo(dir, {...undo, commands: []});
	await saveUndo(dir, undo);
	t.deepEqual(await pendingUndos(dir), [undo]);
	await carryOutUndo(dir, undo, tools);
	t.deepEqual(shell.calls, ['restore', 'continue']);
	t.deepEqual(await pendingUndos(dir), []);
});

for (const [how, reply, said] of [
	[
		'says no',
		{exitCode: 4, stderr: 'no such chain\n'},
		/^endpoint-rule could not be taken out: `restore` on worker-1 left with exit code 4: no such chain \(what is left to do: .*endpoint-rule\.json\)$/,
	],
	['cannot be run', new TransportError('worker-1: gone'), /^endpoint-rule could not be taken out: worker-1: gone/],
] as const)
	test(`what follows a command that ${how} is done all the same, and the undo stays`, async t => {
		const {dir, shell, tools} = await setUp(t, {restore: reply, continue: ''});
		await saveUndo(dir, undo);
		await t.throwsAsync(carryOutUndo(dir, undo, tools), {message: said});
		t.deepEqual(shell.calls, ['restore', 'continue']);
		t.deepEqual(await pendingUndos(dir), [undo]);
	});
