import test from 'ava';
import type {EventBody, PlannedCheck} from '../../lib/record/events.ts';
import {fold} from '../../lib/record/fold.ts';
import type {Mode} from '../../lib/target.ts';
import {differencesOf} from './differences.ts';

const planned = (id: string, more: Partial<PlannedCheck> = {}): PlannedCheck => ({id, title: id, refs: ['KEP-3866'], budgetMs: 1, ...more});
const keyOf = (mode: Mode): string => `fake/${mode}/ipv4/1.36.3`;

const target = (
	mode: Mode,
	checks: readonly PlannedCheck[],
	outcomes: Readonly<Record<string, 'passed' | 'failed' | 'broken' | 'known'>>,
): EventBody[] => [
	{
		type: 'target-planned',
		target: keyOf(mode),
		spec: {provider: 'fake', mode, family: 'ipv4', version: '1.36.3', workers: 1},
		reason: '',
		checks,
	},
	...Object.entries(outcomes).map(([check, outcome]): EventBody => ({
		type: 'check-finished',
		target: keyOf(mode),
		check,
		outcome,
		ms: 1,
		...(outcome === 'known' && {defect: {id: 'd', issue: 'https://example.org/1', what: 'entries survive'}}),
		...(outcome === 'failed' && {problem: {summary: 'no answer', expected: '', observed: '', reproduce: []}}),
		...(outcome === 'broken' && {problem: {summary: 'no shell', expected: '', observed: '', reproduce: []}}),
	})),
];

const interrupted: EventBody = {type: 'interrupted', signal: 'SIGINT'};
const runOf = (...events: readonly EventBody[]) => fold(events.map((event, at) => ({at, ...event})));
const only = {kind: 'not-applicable', detail: 'only in nftables mode; this is iptables'} as const;

test('each difference is by design, with its reference, or a defect, or not observed', t => {
	const ids = ['a/same', 'a/fails', 'a/known', 'a/broken'].map(id => planned(id));
	const run = runOf(
		...target('iptables', [...ids, planned('a/nft', {skip: only})], {
			'a/same': 'passed',
			'a/fails': 'passed',
			'a/known': 'passed',
			'a/broken': 'broken',
		}),
		...target('nftables', [...ids, planned('a/nft')], {
			'a/same': 'passed',
			'a/fails': 'failed',
			'a/known': 'known',
			'a/broken': 'passed',
			'a/nft': 'passed',
		}),
		{type: 'run-finished'},
	);
	t.deepEqual(
		differencesOf(run).map(({check, kind, why}) => [check, kind, why]),
		[
			['a/fails', 'defect', 'nftables: no answer'],
			['a/known', 'by design', 'entries survive (https://example.org/1)'],
			['a/broken', 'unseen', 'iptables: no shell'],
			['a/nft', 'by design', 'only in nftables mode; this is iptables (KEP-3866)'],
		],
	);
});

test('one target differs from none', t => {
	t.deepEqual(differencesOf(runOf(...target('iptables', [planned('a/nft', {skip: only})], {}), {type: 'run-finished'})), []);
});

test('what a target did not come to is no difference', t => {
	const ids = ['a/one', 'a/two'].map(id => planned(id));
	const run = runOf(
		...target('iptables', ids, {'a/one': 'passed', 'a/two': 'passed'}),
		...target('nftables', ids, {'a/one': 'failed'}),
		interrupted,
	);
	t.deepEqual(
		differencesOf(run).map(({check}) => check),
		['a/one'],
	);
});
