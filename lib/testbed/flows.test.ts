import test from 'ava';
import type {Dial, Vantage} from '../probe/vantage.ts';
import {sendFlows} from './flows.ts';
import {Violation} from '../record/problem.ts';
import type {NodeKernel} from '../target.ts';
import type {Testbed} from './testbed.ts';

const answered: Dial = {at: 0, ms: 1, outcome: 'answered', backend: 'echo-1', sourceIp: '10.244.1.2'};
const lost: Dial = {at: 0, ms: 3000, outcome: 'timeout', detail: 'no answer to SYN'};

const testbedOf = (nodeKernel?: NodeKernel): Testbed =>
	({grid: () => undefined, number: () => undefined, evidence: () => undefined, cluster: {target: {nodeKernel}}}) as unknown as Testbed;

/** Sends 600 connections, of which every `nth` is lost. */
const send = async (nth: number) => {
	const counts: number[] = [];
	let sent = 0;
	const from = {
		name: 'a pod on worker-1',
		dial: async (_: unknown, {count}: {count: number}) => {
			counts.push(count);
			return Array.from({length: count}, () => (++sent % nth === 0 ? lost : answered));
		},
	} as unknown as Vantage;
	const testbed = testbedOf();
	const flow = {
		row: 'worker-1',
		column: 'from a pod',
		from,
		to: {ip: '10.96.0.9', port: 80},
		count: 600,
		expected: {outcome: 'answered' as const, by: ['echo-1']},
		node: 'worker-1',
	};
	const problem = await sendFlows(testbed, 'ClusterIP', [flow]).then(
		() => undefined,
		(error: unknown) => (error instanceof Violation ? error.problem : Promise.reject(error)),
	);
	return {counts, observed: problem?.observed, nodes: problem?.nodes};
};

for (const [name, nth, expected] of [
	['all answered', 1000, {counts: [64, 536], observed: undefined, nodes: undefined}],
	['one lost, late: counted', 600, {counts: [64, 536], observed: 'worker-1 → from a pod: 1 timeout of 600', nodes: ['worker-1']}],
	['a fifth lost: all are sent', 5, {counts: [64, 536], observed: 'worker-1 → from a pod: 120 timeout of 600', nodes: ['worker-1']}],
	[
		'a third lost: red beyond doubt',
		3,
		{counts: [64], observed: 'worker-1 → from a pod: 21 timeout of 64 (the other 536 were not sent any more)', nodes: ['worker-1']},
	],
	[
		'a black hole',
		1,
		{counts: [64], observed: 'worker-1 → from a pod: 64 timeout of 64 (the other 536 were not sent any more)', nodes: ['worker-1']},
	],
] as const)
	test(`600 connections, ${name}`, async t => t.deepEqual(await send(nth), expected as unknown as Awaited<ReturnType<typeof send>>));

for (const [nodeKernel, each] of [
	['host', 32],
	['uml', 14],
] as const)
	test(`datagrams on their way at a time, from three places to nodes of kind ${nodeKernel}`, async t => {
		const asked: unknown[] = [];
		const flows = ['a', 'b', 'c'].map(name => ({
			row: name,
			column: 'to it',
			from: {
				name,
				dial: async (_: unknown, {count, concurrency}: {count: number; concurrency?: number}) => {
					asked.push(concurrency);
					return Array.from({length: count}, () => answered);
				},
			} as unknown as Vantage,
			to: {ip: '10.96.0.9', port: 80, protocol: 'UDP' as const},
			count: 10,
			expected: {outcome: 'answered' as const, by: ['echo-1']},
			node: 'worker-1',
		}));
		await sendFlows(testbedOf(nodeKernel), 'ClusterIP', flows);
		t.deepEqual(asked, [each, each, each]);
	});
