import {existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import test from 'ava';
import type {Provider} from '../../clusters/provider.ts';
import {clustersRoot} from '../paths.ts';
import {fakeWorld} from './fixtures/fake-world.ts';
import {up} from './up.ts';
import type {World} from './world.ts';

const cache = mkdtempSync(join(tmpdir(), 'vipcheck-up-'));
process.env['XDG_CACHE_HOME'] = cache;
test.after.always(() => rmSync(cache, {recursive: true}));

const upIn = async ({world, provider}: {world: World; provider: Provider}) => up({}, {...world, providers: async () => [provider]});

test.serial('steps are shown, the cluster stays', async t => {
	const fake = fakeWorld();
	const cluster = await upIn(fake);
	t.regex(fake.output(), /step 1 .*\n.*step 2 .*\n.*step 3 /);
	t.true(readdirSync(clustersRoot()).includes(cluster!.id));
});

test.serial('interrupted: nothing is left, and nothing speaks of a log that is gone', async t => {
	const before = existsSync(clustersRoot()) ? readdirSync(clustersRoot()) : [];
	const fake = fakeWorld((where, signals) => {
		if (where === 'create 2') signals.emit('SIGINT', 'SIGINT');
	});
	t.is(await upIn(fake), undefined);
	t.deepEqual(readdirSync(clustersRoot()).toSorted(), before.toSorted());
	t.regex(fake.output(), /step 1/);
	t.notRegex(fake.output(), /step 2|log/);
	t.deepEqual(fake.errors, ['fake: make-believe', 'interrupted by SIGINT: taking down what was made']);
});

test.serial('a step that fails: one message names it, its cause and a log that is there', async t => {
	const fake = fakeWorld();
	const failing: typeof fake.provider = {
		...fake.provider,
		async create(...[, {dir, step}]) {
			writeFileSync(join(dir, 'logs', 'create.log'), 'the last words');
			return step('boot', async () => Promise.reject(new Error(`no power (log: ${dir}/logs/create.log)`)), {
				log: `${dir}/logs/create.log`,
			});
		},
	};
	const {message} = (await t.throwsAsync(upIn({...fake, provider: failing})))!;
	const [, log = '', logs = ''] = /^no cluster: boot: no power \(log: (\S+)\); its logs are in (\S+)$/.exec(message) ?? [];
	t.teardown(() => rmSync(logs, {recursive: true, force: true}));
	t.is(log && readFileSync(log, 'utf8'), 'the last words', message);
	t.notRegex(fake.output(), /boot|log/);
});
