import {readdir, readFile} from 'node:fs/promises';
import {join} from 'node:path';
import test from 'ava';
import {judge} from './judge.ts';
import {ago, healthy, judged, serviceOf, snapshotFrom} from './fixtures/world.ts';
import {loadRules} from './load.ts';
import {SOURCES} from './sources.ts';
import type {FactName, GatheredFacts} from './facts.ts';

const rules = await loadRules();

test('a healthy cluster has no finding at all', t => {
	const {findings, rules: outcomes} = judged(rules);
	t.deepEqual(findings, []);
	t.deepEqual(
		outcomes.filter(({outcome}) => outcome === 'unknown').filter(one => one.outcome === 'unknown' && !one.optional),
		[],
	);
});

test('every rule says what it is, and there are enough', t => {
	t.true(rules.length >= 60, `${rules.length}`);
	for (const {id, title, why, fix, verify, refs} of rules) {
		t.true(
			[title, why, fix].every(text => text.length > 15),
			id,
		);
		t.true(verify.length > 0 && refs.length > 0, id);
		t.true(
			refs.every(ref => URL.canParse(ref)),
			id,
		);
	}
});

test('what a rule explains exists', t => {
	const ids = new Set(rules.map(({id}) => id));
	t.deepEqual(
		rules.flatMap(({id, explains = []}) => explains.filter(other => !ids.has(other)).map(other => `${id} explains ${other}`)),
		[],
	);
});

test('each rule is proven by a test that lets it fire and one that does not', async t => {
	const tests = await Promise.all(
		(await readdir(import.meta.dirname))
			.filter(name => name.endsWith('.test.ts'))
			.map(name => readFile(join(import.meta.dirname, name), 'utf8')),
	);
	t.deepEqual(
		rules.map(({id}) => id).filter(id => !tests.some(text => text.includes(`'${id}': {`))),
		[],
	);
});

test("rules are pure: they import facts, the model and each other's views, nothing that acts", async t => {
	const dir = join(import.meta.dirname, 'rules');
	const wrong = (
		await Promise.all((await readdir(dir)).map(async name => [name, await readFile(join(dir, name), 'utf8')] as const))
	).flatMap(([name, text]) =>
		[...text.matchAll(/from '([^']+)'/g)]
			.map(([, from = '']) => from)
			.filter(
				from =>
					!/^(?:\.\.\/(?:rule|facts|views\/[\w-]+)\.ts|\.\.\/\.\.\/(?:model|facts|chain)\/.+|\.\.\/\.\.\/target\.ts|@kubernetes\/client-node|node:net)$/.test(
						from,
					),
			)
			.map(from => `${name} imports ${from}`),
	);
	t.deepEqual(wrong, []);
});

test('without a right, the rules that need it are unknown and name it; the others are judged', t => {
	const snapshot = snapshotFrom(healthy());
	const facts = {
		...snapshot.facts,
		pods: {ok: false, why: 'no right to list pods', source: '/api/v1/pods', right: 'list pods'},
	} as GatheredFacts;
	const {rules: outcomes} = judge({...snapshot, facts}, rules);
	const unknown = outcomes.filter(one => one.outcome === 'unknown' && !one.optional);
	t.deepEqual(
		unknown.map(({id}) => id),
		rules.filter(({needs}) => needs.includes('pods') && !needs.includes('nodeEvidence')).map(({id}) => id),
	);
	t.true(unknown.every(one => one.outcome === 'unknown' && one.rights.includes('list pods')));
	t.true(outcomes.some(({outcome}) => outcome === 'ok'));
});

test('what was not seen of a node is no pass', t => {
	const world = healthy();
	world.nodeEvidence = {
		'worker-1': {way: 'stub', texts: {sysctls: {ok: true, value: 'net.ipv4.ip_forward = 1', source: 'sysctl'}} as never},
	};
	const outcomes = judge(snapshotFrom(world), rules).rules;
	t.is(outcomes.find(({id}) => id === 'node-forwarding-off')?.outcome, 'ok');
	t.like(
		outcomes.find(({id}) => id === 'node-link-down'),
		{outcome: 'unknown', why: 'worker-1: links, addresses not known', optional: true},
	);
});

test('objects of a namespace that is being deleted are not judged, but for what keeps it', t => {
	const world = healthy();
	serviceOf(world).spec!.selector = {app: 'nobody'};
	Object.assign(serviceOf(world).metadata!, {deletionTimestamp: ago(900), finalizers: ['service.kubernetes.io/load-balancer-cleanup']});
	const snapshot = snapshotFrom(world);
	const said = (deletionTimestamp?: Date): readonly string[] => {
		const value = [{metadata: {name: 'shop', ...(deletionTimestamp && {deletionTimestamp})}}];
		const facts: GatheredFacts = {...snapshot.facts, namespaces: {ok: true, value, source: '/api/v1/namespaces'}};
		return judge({...snapshot, facts}, rules).findings.map(({rule}) => rule);
	};
	t.true(said().includes('selector-matches-nothing'));
	t.deepEqual(said(ago(10)), ['service-stuck-deleting']);
});

test('a kind that the cluster does not have makes rules not applicable', t => {
	const snapshot = snapshotFrom(healthy());
	const facts = {
		...snapshot.facts,
		addressPools: {ok: false, why: 'this cluster has no such kind of object', source: '/pools', absent: true},
	} as GatheredFacts;
	const found = judge({...snapshot, facts}, rules).rules.find(({id}) => id === 'metallb-not-announced');
	t.deepEqual(
		[found?.outcome, found && 'why' in found && found.why],
		['not-applicable', '/pools: this cluster has no such kind of object'],
	);
});

test('a rule sees what it has declared, and nothing else', t => {
	const seen: unknown[] = [];
	judge(snapshotFrom(healthy()), [
		{...rules[0]!, needs: ['services'], sees: ['events'], evaluate: facts => (seen.push(Object.keys(facts).sort()), [])},
	]);
	t.deepEqual(seen, [['atMs', 'events', 'services']]);
});

test('no source reads Secrets, and every fact that a rule asks for has one', t => {
	t.false(Object.values(SOURCES).some(({path}) => path.includes('secrets')));
	const known = new Set<FactName>([...(Object.keys(SOURCES) as FactName[]), 'nodeEvidence']);
	t.deepEqual(
		rules.flatMap(({needs, sees}) => [...needs, ...sees]).filter(name => !known.has(name)),
		[],
	);
});
