import test from 'ava';
import check from '../check/check.ts';
import type {CheckSpec} from '../check/check.ts';
import {matcher} from '../check/match.ts';
import {DEFAULT_BUDGET_MS} from '../limits.ts';
import type {FoundCheck} from './checks.ts';
import {loadChecks, suiteFileOf} from './checks.ts';
import {ALL_CAPABILITIES, capabilitiesOf} from '../check/needs.ts';
import {planChecks, toRun, withRows} from './plan.ts';

const found = (id: string, spec: Partial<CheckSpec> = {}): FoundCheck => ({
	id,
	check: check(
		{title: `${id} holds`, why: `${id} matters`, refs: [], faults: ['kube-proxy-stopped'], ...spec} as CheckSpec,
		async () => undefined,
	),
});

const CHECKS = [
	found('a/plain'),
	found('a/slow', {budgetMs: 1}),
	found('b/ipvs', {modes: ['ipvs']}),
	found('b/outside', {needs: ['outside-host']}),
];
const noOutside = await capabilitiesOf({kubeconfig: '', nodes: [{name: 'n', role: 'worker', ips: [], access: {kind: 'local'}}]});

for (const [name, input, expected] of [
	[
		'everything that the mode allows',
		{mode: 'ipvs', capabilities: ALL_CAPABILITIES, match: []},
		[undefined, undefined, undefined, undefined],
	],
	['another mode', {mode: 'iptables', capabilities: ALL_CAPABILITIES, match: []}, [undefined, undefined, 'not-applicable', undefined]],
	['no host outside', {mode: 'ipvs', capabilities: noOutside, match: []}, [undefined, undefined, undefined, 'unsupported']],
	['a pattern', {mode: 'iptables', capabilities: noOutside, match: ['a/*']}, [undefined, undefined, 'filtered', 'filtered']],
] as const)
	test(`plan: ${name}`, t => {
		const plan = planChecks(CHECKS, {...input, family: 'ipv4', version: '1.36.3', matches: matcher(input.match)});
		t.deepEqual(
			plan.map(({skip}) => skip?.kind),
			[...expected],
		);
		t.is(toRun(plan).length, expected.filter(kind => kind === undefined).length);
		t.deepEqual(
			plan.map(({budgetMs}) => budgetMs),
			[DEFAULT_BUDGET_MS, 1, DEFAULT_BUDGET_MS, DEFAULT_BUDGET_MS],
		);
	});

for (const [what, given, skips] of [
	['nobody named it', {named: false}, 'filtered'],
	['it was named', {named: true}, undefined],
	['a cluster that exists is given its pool', {named: false, existing: {yes: true}}, undefined],
] as const)
	test(`plan: what puts something into the cluster, ${what}`, t => {
		const [planned] = planChecks([found('metallb/a', {needs: ['metallb']})], {
			...given,
			mode: 'iptables',
			family: 'ipv4',
			version: '1.36.3',
			capabilities: ALL_CAPABILITIES,
			matches: () => true,
		});
		t.is(planned?.skip?.kind, skips);
	});

for (const [named, skip] of [
	[false, {kind: 'filtered', detail: "makes thousands of Services: name it, as in --match 'scale/*'"}],
	[true, undefined],
] as const)
	test(`plan: what runs only when it is named, ${named ? 'and is' : 'and is not'}`, t => {
		const [planned] = planChecks([found('scale/sync', {whenNamed: 'makes thousands of Services'})], {
			named,
			mode: 'iptables',
			family: 'ipv4',
			version: '1.36.3',
			capabilities: ALL_CAPABILITIES,
			matches: () => true,
		});
		t.deepEqual(planned?.skip, skip);
	});

for (const [name, family, match, expected] of [
	['each row has an id', 'ipv4', [], ['a/rows/one: first, for one', 'a/rows/two: second, for two']],
	['rows in two families', 'dual', ['a/rows/one'], ['a/rows/one@ipv4: first, for one', 'a/rows/one@ipv6: first, for one']],
	['the check stands for its rows', 'ipv4', ['a/rows'], ['a/rows/one: first, for one', 'a/rows/two: second, for two']],
	['one row', 'ipv4', ['a/rows/two'], ['a/rows/two: second, for two']],
] as const)
	test(`plan: ${name}`, t => {
		const rows = {
			one: {title: 'first', why: 'for one'},
			two: {title: 'second', why: 'for two'},
			three: {title: 'third', why: 'for three', modes: ['ipvs']},
		} as const;
		const plan = planChecks([found('a/rows', {rows})], {
			mode: 'iptables',
			family,
			version: '1.36.3',
			capabilities: ALL_CAPABILITIES,
			matches: matcher(match),
		});
		t.deepEqual(
			toRun(plan).map(({id, title, why}) => `${id}: ${title}, ${why}`),
			[...expected],
		);
	});

for (const [pattern, expected] of [
	['', ['a/one@ipv4', 'a/one@ipv6']],
	['a/one', ['a/one@ipv4', 'a/one@ipv6']],
	['a/*', ['a/one@ipv4', 'a/one@ipv6']],
	['a/one@ipv6', ['a/one@ipv6']],
	['*@ipv4', ['a/one@ipv4']],
	['a/on', []],
] as const)
	test(`two families: each check in each, with --match ${pattern || 'left out'}`, t => {
		const plan = planChecks([found('a/one')], {
			mode: 'iptables',
			family: 'dual',
			version: '1.36.3',
			capabilities: ALL_CAPABILITIES,
			matches: matcher(pattern ? [pattern] : []),
		});
		t.deepEqual(
			toRun(plan).map(({id}) => id),
			[...expected],
		);
	});

test('the checks of this project load, each with a suite file', async t => {
	const checks = await loadChecks();
	t.true(checks.length >= 8);
	const {existsSync} = await import('node:fs');
	for (const {id} of checks) {
		t.regex(id, /^[a-z-]+\/[a-z0-9-]+$/);
		t.true(existsSync(suiteFileOf(id)), id);
	}
});

test('a row that names faults has them, where its check has none', t => {
	const rows = {api: {title: 'first', why: 'for one'}, node: {title: 'second', why: 'for two', faults: ['dispatch']}};
	const spec = check({title: 'it holds', refs: [], noFault: 'the API alone', rows}, async () => undefined);
	const [api, node] = withRows({id: 'a/rows', check: spec});
	t.like(api?.check, {noFault: 'the API alone'});
	t.like(node?.check, {faults: ['dispatch']});
	t.false('noFault' in (node?.check ?? {}));
});
