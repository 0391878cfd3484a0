import test from 'ava';
import type {CheckRun, Run, TargetRun} from '../record/run.ts';
import {NOTHING_SEEN} from '../record/fold-check.ts';
import {MODES, type Mode} from '../target.ts';
import {ALL_CAPABILITIES} from '../check/needs.ts';
import {loadChecks} from '../run/checks.ts';
import {planChecks} from '../run/plan.ts';
import type {Claim} from './claim.ts';
import {isDecided, judgeClaims, type ClaimRun} from './judged.ts';
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

test('what grows with the number of Services is told by the modes beside each other, and not by one alone', t => {
	const firstPackets = (few: number, many: number) =>
		[few, many].map((value, n) =>
			checkRun(`scale/first-packet/${[100, 1000][n]}`, 'passed', {
				numbers: [
					{name: 'half within, from worker-1', value: 1 + value, unit: 'ms'},
					{name: 'what the rules add, from worker-1', value, unit: 'ms'},
				],
			}),
		);
	const verdict = (iptables: readonly [number, number], ipvs: readonly [number, number]): string =>
		judged('ipvs-o1-iptables-on', targetRun('iptables', firstPackets(...iptables)), targetRun('ipvs', firstPackets(...ipvs))).verdict;
	t.is(verdict([0.1, 0.8], [0.1, 0.12]), 'holds');
	t.is(verdict([0.1, 0.12], [0.1, 0.12]), 'does not hold');
	t.is(verdict([0.1, 0.8], [0.1, 0.9]), 'does not hold');
	t.is(judged('ipvs-o1-iptables-on', targetRun('iptables', firstPackets(0.1, 0.8))).verdict, 'not tested');
});

test('a run that put faults in says nothing', t => {
	const fault = {id: 'dispatch', layer: 'rules', check: 'nodeport/every-node'} as const;
	t.deepEqual(judgeClaims(runOf(targetRun('iptables', [checkRun('nodeport/every-node', 'passed', {fault})])), claims), []);
});

test('a family that a check is not about does not keep the other from deciding', t => {
	const skip = {kind: 'not-applicable', detail: 'only over ipv4; this is ipv6'} as const;
	const checks = [checkRun('nodeport/every-node@ipv4', 'passed'), checkRun('nodeport/every-node@ipv6', 'skipped', {skip})];
	t.is(judged('nodeport-every-node', targetRun('iptables', checks)).verdict, 'holds');
	t.is(judged('nodeport-every-node', targetRun('iptables', checks.slice(1))).verdict, 'not testable here');
});

/** All checks on a cluster of the embedded provider on a host without SCTP and IPVS, every one that is applicable passed. */
const plainRun = async (mode: Mode, named = false): Promise<TargetRun> => {
	const capabilities = {...ALL_CAPABILITIES, sctp: {ok: false, why: 'no SCTP'}, 'dual-stack': {ok: false, why: 'one family'}} as const;
	const input = {mode, family: 'ipv4', version: '1.36.3', capabilities, matches: () => true, named} as const;
	const numbers = [
		{name: 'With 1 pods, until every node followed', value: 900, unit: 'ms'},
		{name: 'outage', value: 5_400, unit: 'ms'},
		{name: 'connections that a policy stopped', value: 0, unit: 'of 20'},
	];
	const rows = [{name: '', ok: true, verdict: '', from: 0, to: 9, bars: [{name: '', value: 1}]}];
	const charts = [{kind: 'shares' as const, title: '', band: '', rows}];
	return targetRun(
		mode,
		planChecks(await loadChecks(), input).map(({id, skip}) =>
			checkRun(id, skip ? 'skipped' : 'passed', {numbers, charts, ...(skip && {skip})}),
		),
	);
};

const isMissing = ({targets}: ClaimRun): boolean => targets.some(({why}) => why.startsWith('no check '));

for (const mode of MODES)
	test(`a run of all checks in ${mode} mode decides at least 55 statements, and each names checks that exist`, async t => {
		const all = judgeClaims(runOf(await plainRun(mode)), claims);
		const decided = all.filter(isDecided);
		t.true(decided.length >= 55, `${decided.length} of ${all.length}`);
		t.deepEqual(
			all.filter(isMissing).map(({id}) => id),
			[],
		);
	});

/** The statements of lib/claims that nothing decides, whatever is run. */
const OPEN = ['userspace-removed-1.20', 'ipvs-o1-iptables-on', 'metallb-bgp-multi', 'sctp-supported'];

test('all modes in one run, MetalLB named, decide all statements but a few', async t => {
	const targets = await Promise.all(MODES.map(async mode => plainRun(mode, true)));
	const open = judgeClaims(runOf(...targets), claims).filter(one => !isDecided(one));
	t.deepEqual(open.map(({id}) => id).toSorted(), OPEN.toSorted());
});
