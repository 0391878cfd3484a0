import test from 'ava';
import type {EventBody, PlannedCheck} from '../record/events.ts';
import type {ClusterRef, Target} from '../target.ts';
import {withAddOns} from './add-ons.ts';

const target: Target = {provider: 'fake', mode: 'iptables', family: 'ipv4', version: '1.36.3', workers: 1};
const cluster = (addOns: ClusterRef['addOns']): ClusterRef => ({
	id: 'abc',
	dir: '/nowhere',
	target,
	kubeconfig: '/nowhere/kubeconfig',
	nodes: [],
	images: {agnhost: '', client: ''},
	parts: {},
	usage: [],
	...(addOns && {addOns}),
});
const planned = (id: string, more: Partial<PlannedCheck> = {}): PlannedCheck => ({id, title: id, refs: [], budgetMs: 1, ...more});
const METALLB = {metallb: {ok: true, how: 'put in when a check asks for it'}} as const;

const put = async (addOns: ClusterRef['addOns'], plan: readonly PlannedCheck[], fails = false) => {
	const calls: string[] = [];
	const troubles: unknown[] = [];
	const events: EventBody[] = [];
	const session = {
		emit: (event: EventBody) => void events.push(event),
		signal: new AbortController().signal,
		trouble: (error: unknown) => void troubles.push(error),
	};
	const capabilities = await withAddOns(session, target, cluster(addOns), plan, {
		async putIn(_cluster, addOn, {step}) {
			await step('MetalLB', async () => {
				calls.push(addOn);
				await Promise.resolve();
				if (fails) throw new Error('it does not build');
			});
		},
	});
	return {calls, troubles, events, capabilities};
};

test('what several checks ask for is put in once, what only skipped ones ask for is not', async t => {
	const wants = {addOns: ['metallb', 'metallb'] as const};
	const {calls, capabilities, events} = await put(METALLB, [planned('metallb/a', wants), planned('metallb/b', wants), planned('a/b')]);
	t.deepEqual(calls, ['metallb']);
	t.true(capabilities.metallb.ok && capabilities['metallb-pools'].ok);
	t.deepEqual(
		events.map(({type}) => type),
		['step-started', 'step-finished'],
	);
	const skip = {kind: 'filtered', detail: 'left out by --match'} as const;
	t.deepEqual((await put(METALLB, [planned('metallb/a', {...wants, skip}), planned('a/b')])).calls, []);
});

test('a cluster that cannot be given it is not tried, and says why', async t => {
	const {calls, capabilities} = await put({metallb: {ok: false, why: 'no go here'}}, [planned('metallb/a', {addOns: ['metallb']})]);
	t.deepEqual(calls, []);
	t.deepEqual(capabilities.metallb, {ok: false, why: 'no go here'});
});

test('what could not be put in is trouble, and keeps only the checks that need it', async t => {
	const {troubles, capabilities} = await put(METALLB, [planned('metallb/a', {addOns: ['metallb']})], true);
	t.is(troubles.length, 1);
	t.deepEqual(capabilities.metallb, {ok: false, why: 'it could not be put in: it does not build'});
	t.false(capabilities['metallb-pools'].ok);
});
