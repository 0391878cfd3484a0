import test from 'ava';
import type {Vantage} from '../probe/vantage.ts';
import {flowsOf, type FlowsWish} from './flows-of.ts';
import type {TestNode, Testbed} from './testbed.ts';

const node = (name: string, ip: string): TestNode => ({name, ip, ips: [ip]}) as unknown as TestNode;
const nodes = [node('one', '10.0.0.1'), node('two', '10.0.0.2')];
const place = (name: string, ip: string): Promise<Vantage> => Promise.resolve({name, ips: [ip]} as unknown as Vantage);
const testbed = {
	nodes,
	vantage: {
		pod: async (name: string) => place(`a pod on ${name}`, '10.244.0.9'),
		node: async (name: string) => place(name, '10.0.0.9'),
		outside: async () => place('outside', '192.0.2.1'),
	},
} as unknown as Testbed;
const VIP = {ip: '10.96.0.1', port: 80};

/** `from → to: who decides, and how the packet comes there, how often`. */
const flows = async (wish: FlowsWish): Promise<readonly string[]> => {
	const asked: string[] = [];
	const made = await flowsOf(testbed, wish, {
		of({node: {name}, kind, addresses}) {
			asked.push(`${name} as ${kind}${addresses ? ` of ${addresses.join(' ')}` : ''}`);
			return {outcome: 'answered', by: []};
		},
	});
	return made.map(({row, column, count}, index) => `${row} → ${column}: ${asked[index]}, ${count}`);
};

for (const [name, wish, expected] of [
	[
		'a ClusterIP: each node decides over its own',
		{from: ['pod', 'node'], to: [VIP], counts: 7},
		[
			'pod on one → 10.96.0.1:80 TCP: one as pod, 7',
			'pod on two → 10.96.0.1:80 TCP: two as pod, 7',
			'one → 10.96.0.1:80 TCP: one as node, 7',
			'two → 10.96.0.1:80 TCP: two as node, 7',
		],
	],
	[
		"a node's address: to another node the own one only passes on; the longer side goes down the page",
		{
			from: ['pod', 'outside'],
			on: [nodes[0]!],
			to: nodes.flatMap(({ip}) => [
				{ip, port: 30_080},
				{ip, port: 30_081, protocol: 'UDP' as const},
			]),
			counts: {outside: 600},
		},
		[
			'10.0.0.1:30080 TCP → pod on one: one as pod, 100',
			'10.0.0.1:30081 UDP → pod on one: one as pod, 100',
			'10.0.0.2:30080 TCP → pod on one: two as outside, 100',
			'10.0.0.2:30081 UDP → pod on one: two as outside, 100',
			'10.0.0.1:30080 TCP → outside: one as outside, 600',
			'10.0.0.1:30081 UDP → outside: one as outside, 600',
			'10.0.0.2:30080 TCP → outside: two as outside, 600',
			'10.0.0.2:30081 UDP → outside: two as outside, 600',
		],
	],
	[
		'a routed address: the node that it is routed by, with its addresses where sources are asked for',
		{from: ['outside'], to: [{ip: '198.18.1.1', port: 80, via: nodes[1]!, name: 'by two'}], sources: true, counts: 1},
		['outside → by two: two as outside of 10.0.0.9, 1'],
	],
	[
		"an address that the API does not tell: its node's rules decide, wherever it is sent from",
		{from: ['node'], to: [{ip: '198.18.1.2', port: 80, on: nodes[1]!, name: 'extra'}], counts: 1},
		['one → extra: two as outside, 1', 'two → extra: two as node, 1'],
	],
] as const)
	test(`flows: ${name}`, async t => {
		t.deepEqual(await flows(wish), [...expected]);
	});

test('a routed address without a route is our mistake', async t => {
	const error = await t.throwsAsync(flows({from: ['outside'], to: [VIP]}), {instanceOf: RangeError});
	t.is(error.message, 'no node is known by which outside reaches 10.96.0.1: give the goal its `via`');
});

test('of what is refused no more is sent than a kernel tells one client of', async t => {
	const wish: FlowsWish = {from: ['pod'], to: [VIP], counts: 30};
	const counts = async (outcome: 'refused' | 'timeout') => {
		const expected = outcome === 'refused' ? {outcome, withinMs: 1} : {outcome};
		return (await flowsOf(testbed, wish, {of: () => expected})).map(({count}) => count);
	};
	t.deepEqual(await counts('refused'), [4, 4]);
	t.deepEqual(await counts('timeout'), [30, 30]);
});
