import test from 'ava';
import type {CheckRun, Run, TargetRun} from '../record/run.ts';
import {NOTHING_SEEN} from '../record/fold-check.ts';
import type {Mode} from '../target.ts';
import type {Claim} from './claim.ts';
import {isDecided, judgeClaims} from './judged.ts';
import {loadClaims} from './load.ts';

const checkRun = (id: string, outcome: CheckRun['outcome'], more: Partial<CheckRun> = {}): CheckRun => ({
	...NOTHING_SEEN,
	id,
	suite: id.split('/')[0] ?? '',
	title: id,
	refs: [],
	budgetMs: 0,
	ms: 1,
	outcome,
	...(outcome === 'failed' && {problem: {summary: `${id} broke`, expected: '', observed: '', reproduce: []}}),
	...more,
});

const targetRun = (mode: Mode, checks: readonly CheckRun[]): TargetRun => ({
	key: `embedded/${mode}/ipv4/1.36.3`,
	spec: {provider: 'embedded', mode, family: 'ipv4', version: '1.36.3', workers: 3},
	reason: '',
	steps: [],
	checks,
});

const runOf = (...targets: readonly TargetRun[]): Run => ({targets}) as unknown as Run;

const claims = await loadClaims();
const named = (id: string): Claim => claims.find(claim => claim.id === id)!;
const judged = (id: string, ...targets: readonly TargetRun[]) => judgeClaims(runOf(...targets), [named(id)])[0]!;

test('every statement has an id of its own', t => {
	t.true(claims.length >= 53);
	t.is(new Set(claims.map(({id}) => id)).size, claims.length);
	for (const {id, statement, expected} of claims) {
		t.regex(id, /^[a-z0-9.-]+$/);
		t.true(statement.length > 10 && expected.length > 0, id);
	}
});

test('a check that proves it decides both ways', t => {
	const id = 'nodeport-every-node';
	t.is(judged(id, targetRun('iptables', [checkRun('nodeport/every-node', 'passed')])).verdict, 'holds');
	const red = judged(id, targetRun('iptables', [checkRun('nodeport/every-node', 'failed')]));
	t.is(red.verdict, 'does not hold');
	t.regex(red.targets[0]!.why, /nodeport\/every-node broke/);
	t.deepEqual(red.targets[0]!.evidence, [{target: 'embedded/iptables/ipv4/1.36.3', check: 'nodeport/every-node', outcome: 'failed'}]);
});

test('a check that refutes it says nothing when it is red', t => {
	const id = 'clusterip-inside-only';
	t.is(judged(id, targetRun('iptables', [checkRun('clusterip/masquerade-offcluster', 'passed')])).verdict, 'does not hold');
	t.is(judged(id, targetRun('iptables', [checkRun('clusterip/masquerade-offcluster', 'failed')])).verdict, 'unclear');
});

test('what was not looked at is not tested, and says why', t => {
	const id = 'nodeport-every-node';
	const skip = (kind: 'unsupported' | 'filtered' | 'not-run' | 'stopped') =>
		targetRun('iptables', [checkRun('nodeport/every-node', 'skipped', {skip: {kind, detail: 'for a reason'}})]);
	for (const [target, verdict, why] of [
		[targetRun('iptables', []), 'not tested', /no check nodeport\/every-node/],
		[targetRun('iptables', [checkRun('nodeport/every-node', 'broken')]), 'not tested', /could not observe/],
		[skip('filtered'), 'not tested', /left out: for a reason/],
		[skip('unsupported'), 'not testable here', /for a reason/],
		[skip('not-run'), 'not tested', /has no result: for a reason/],
		[skip('stopped'), 'not tested', /has no result: for a reason/],
	] as const) {
		const {verdict: found, targets} = judged(id, target);
		t.is(found, verdict);
		t.regex(targets[0]!.why, why);
	}
});

test('both families must agree', t => {
	const both = (ipv6: CheckRun['outcome']) =>
		judged(
			'nodeport-every-node',
			targetRun('iptables', [checkRun('nodeport/every-node@ipv4', 'passed'), checkRun('nodeport/every-node@ipv6', ipv6)]),
		);
	t.is(both('passed').verdict, 'holds');
	t.is(both('failed').verdict, 'does not hold');
});

test('modes that differ are named, and a mode that it is not about says nothing', t => {
	const seen = [checkRun('claims/observed/interfaces', 'passed'), checkRun('ipvs/dummy-noarp', 'passed')];
	t.is(
		judged('vip-on-no-interface', targetRun('iptables', seen), targetRun('ipvs', seen)).verdict,
		'holds in iptables; does not hold in ipvs',
	);
	const affinity = judged('iptables-no-affinity', targetRun('ipvs', [checkRun('affinity/sticky', 'passed')]));
	t.is(affinity.verdict, 'not testable here');
	t.regex(affinity.targets[0]!.why, /about iptables mode; this cluster runs ipvs/);
});

test('round robin is told from chance by the figures', t => {
	const shares = (...values: readonly number[]) =>
		checkRun('clusterip/balancing', 'passed', {
			charts: [
				{
					kind: 'shares',
					title: '',
					band: '',
					rows: [{name: 'n', ok: true, verdict: '', from: 0, to: 600, bars: values.map((value, n) => ({name: `${n}`, value}))}],
				},
			],
		});
	const verdict = (check: CheckRun): string => judged('iptables-round-robin', targetRun('iptables', [check])).verdict;
	t.is(verdict(shares(200, 200, 200)), 'holds');
	t.is(verdict(shares(200, 188, 212)), 'does not hold');
	t.is(verdict(checkRun('clusterip/balancing', 'passed')), 'unclear');
});

test('two modes are compared only where both were seen', t => {
	const followed = (ms: number) =>
		checkRun('clusterip/endpoint-churn', 'passed', {
			numbers: [{name: 'With 1 pods, until every node followed', value: ms, unit: 'ms'}],
		});
	const verdict = (iptables: number, ipvs: number): string =>
		judged('iptables-slow-failover', targetRun('iptables', [followed(iptables)]), targetRun('ipvs', [followed(ipvs)])).verdict;
	t.is(verdict(900, 1_500), 'does not hold');
	t.is(verdict(1_900, 1_500), 'does not hold');
	t.is(verdict(9_000, 1_500), 'holds');
	t.is(judged('iptables-slow-failover', targetRun('iptables', [followed(900)])).verdict, 'not tested');
});

test('a run that put faults in says nothing', t => {
	const fault = {id: 'dispatch', layer: 'rules', check: 'nodeport/every-node'} as const;
	t.deepEqual(judgeClaims(runOf(targetRun('iptables', [checkRun('nodeport/every-node', 'passed', {fault})])), claims), []);
});

test('at least 50 statements can get a verdict', t => {
	const ids = new Set<string>();
	// Each judge names the checks that it misses, one after the other.
	for (const mode of ['iptables', 'ipvs', 'nftables'] as const)
		for (let before = -1; before < ids.size;) {
			before = ids.size;
			const target = targetRun(
				mode,
				[...ids].map(id => checkRun(id, 'passed')),
			);
			for (const {targets} of judgeClaims(runOf(target), claims))
				for (const {why} of targets) {
					const [, missing] = /^no check (\S+) in this run/.exec(why) ?? [];
					if (missing !== undefined) ids.add(missing);
				}
		}
	const figures = {
		numbers: [{name: 'With 1 pods, until every node followed', value: 900, unit: 'ms'}],
		charts: [
			{
				kind: 'shares' as const,
				title: '',
				band: '',
				rows: [{name: '', ok: true, verdict: '', from: 0, to: 9, bars: [{name: '', value: 1}]}],
			},
		],
	};
	const all = [...ids, 'clusterip/endpoint-churn'].map(id => checkRun(id, 'passed', figures));
	const decided = judgeClaims(runOf(...(['iptables', 'ipvs', 'nftables'] as const).map(mode => targetRun(mode, all))), claims).filter(
		isDecided,
	);
	t.true(decided.length >= 50, `${decided.length}`);
});
