import test from 'ava';
import type {Grid} from '../../../lib/record/events.ts';
import type {NodeDifference} from '../../../lib/model/rules/difference-text.ts';
import type {Packet} from '../../../lib/model/verdict.ts';
import type {Dial} from '../../../lib/probe/vantage.ts';
import {difference} from '../../../lib/trace/agree.ts';
import {recordedNodes} from '../../../lib/trace/fixtures/traced.ts';
import {legsOf, type Leg} from '../../../lib/trace/legs.ts';
import type {TracedNode} from '../../../lib/trace/traced-node.ts';
import type {OnTheWire} from '../../../lib/trace/wire.ts';
import {Violation} from '../../../lib/record/problem.ts';
import type {Testbed} from '../../../lib/testbed/testbed.ts';
import type {Probe} from './probes.ts';
import {judgeSeen, seenOf, type Seen} from './report.ts';

const nodes = recordedNodes();
const VIP = nodes[1]!.state.services.find(({metadata}) => metadata?.name === 'plain')?.spec?.clusterIP ?? '';

const probe = (entry: TracedNode, packet: Partial<Packet>, expected: OnTheWire, trace?: Leg['trace']): Probe => {
	const whole: Packet = {from: 'node', source: [...entry.addresses][0]!, destination: VIP, port: 80, protocol: 'TCP', ...packet};
	const [first, ...next] = legsOf(whole, entry, nodes);
	const text = trace && difference(first.model, trace);
	return {
		packet: whole,
		about: 'shop/plain clusterIP',
		entry,
		expected,
		legs: [{...first, ...(trace && {trace})}, ...next],
		...(text !== undefined && {apart: {node: entry.name, text}}),
	};
};

const ANSWERED: OnTheWire = {outcome: 'answered', by: new Map([['web', new Set(['172.18.0.12'])]])};
const answer: Dial = {at: 0, ms: 1, outcome: 'answered', backend: 'web', sourceIp: '172.18.0.12'};
const lost: Dial = {at: 0, ms: 3000, outcome: 'timeout', detail: 'no answer to SYN'};
const DIFFERENCE: NodeDifference = {node: 'worker-1', role: 'dispatch', kind: 'missing', where: 'ip kube-proxy services', text: 'a rule'};

/** A testbed that only notes what it is told. */
const judge = (seen: readonly Seen[], differences: readonly NodeDifference[] = []) => {
	const told = {numbers: new Map<string, number>(), grids: [] as Grid[], evidence: new Map<string, string>()};
	const testbed = {
		mode: 'nftables',
		family: 'ipv4',
		nodes: nodes.map(({name}) => ({name})),
		number: (name: string, value: number) => told.numbers.set(name, value),
		grid: (grid: Grid) => told.grids.push(grid),
		evidence: (name: string, content: string) => told.evidence.set(name, content),
	} as unknown as Testbed;
	try {
		judgeSeen(testbed, seen, differences, () => undefined);
		return told;
	} catch (error) {
		if (!(error instanceof Violation)) throw error;
		return {...told, problem: error.problem};
	}
};

test('all agree: counted by what was seen, and what was not sent by its reason', t => {
	const [controlPlane, worker1] = nodes as [TracedNode, TracedNode];
	const told = judge([
		seenOf(probe(worker1, {}, ANSWERED), [answer]),
		seenOf(probe(worker1, {port: 7}, {outcome: 'refused', limited: false}), [{at: 0, ms: 1, outcome: 'refused', detail: ''}]),
		seenOf(probe(controlPlane, {}, {outcome: 'open', why: 'its sender is made up'}), undefined),
	]);
	t.deepEqual(Object.fromEntries(told.numbers), {
		'packets compared three ways': 2,
		'packets compared two ways, model and rules': 1,
		'three ways: answered': 1,
		'three ways: refused': 1,
		'two ways: its sender is made up': 1,
	});
	t.deepEqual(
		told.grids[0]?.rows.map(({name, cells}) => [name, cells.map(({mark, text}) => `${mark}${text}`).join(' ')]),
		[
			['control-plane', ' 0  0  0  0 .1'],
			['worker-1', '.1  0 .1  0  0'],
			['worker-2', ' 0  0  0  0  0'],
		],
	);
	t.false('problem' in told);
});

test('model and rules disagree: all three are shown, with the node and, where they are not as they should be, its rules', t => {
	const seen = [
		seenOf(probe(nodes[1]!, {}, ANSWERED, {kind: 'leaves', because: 'no rule'}), [lost]),
		seenOf(probe(nodes[2]!, {}, ANSWERED), [answer]),
	];
	const told = judge(seen, [{...DIFFERENCE, node: 'worker-2'}, DIFFERENCE]);
	if (!('problem' in told)) return t.fail();
	const {problem, evidence} = told;
	t.like(problem, {
		summary: 'model, rules and wire disagree about 1 of 2 packets, on worker-1',
		nodes: ['worker-1'],
		layer: {name: 'rules', detail: 'ip kube-proxy services on worker-1 lacks a rule'},
	});
	for (const part of [
		'model on worker-1: backends: shop/plain clusterIP',
		'rules on worker-1: leaves: no rule',
		'wire: timeout (no answer to SYN) after 3000 ms',
		'model and rules: expected backends',
		'model and wire: expected answered, was timeout',
	])
		t.true(problem.observed.includes(part), part);
	t.deepEqual(
		(JSON.parse(evidence.get('disagreements.json') ?? '') as {packet: Packet}[]).map(({packet}) => packet),
		[seen[0]!.probe.packet],
	);
	t.is(judge(seen).grids[0]?.rows[1]?.cells[0]?.text, '0 of 1');
});

test('disagreements of one kind are shown by one packet, the most frequent kinds first', t => {
	const gone = {kind: 'leaves', because: 'no rule'} as const;
	const of = (entry: TracedNode, port: number): Seen => seenOf(probe(entry, {port}, ANSWERED, gone), undefined);
	const seen = [of(nodes[1]!, 80), ...[80, 81, 82].map(port => of(nodes[2]!, port)), of(nodes[0]!, 80)];
	const told = judge(seen);
	if (!('problem' in told)) return t.fail();
	const {observed} = told.problem;
	t.deepEqual(
		observed.split('\n').filter(line => /^\d/.test(line)),
		[
			'3 on worker-2: model and rules of packets that must be answered, as',
			'1 on worker-1: model and rules of packets that must be answered, as',
			'1 on control-plane: model and rules of packets that must be answered',
		],
	);
	t.is(observed.split('\n').filter(line => line.includes(' by worker-2 ')).length, 1);
	t.is((JSON.parse(told.evidence.get('disagreements.json') ?? '') as unknown[]).length, 5);
});

test('the wire alone: no rule is blamed, and of the nodes the one that all lost packets pass', t => {
	const all = nodes.map(entry => seenOf(probe(entry, {}, ANSWERED), [lost]));
	const told = judge(all);
	t.deepEqual('problem' in told && [told.problem.nodes, told.problem.layer], [['control-plane', 'worker-1', 'worker-2'], undefined]);
	// Its backends are on both workers.
	const passing = [
		seenOf(probe(nodes[0]!, {destination: '172.18.0.12', port: 30_080}, ANSWERED), [lost]),
		seenOf(
			probe(nodes[2]!, {from: 'pod', source: '10.244.2.9', destination: '10.244.2.1', port: 7}, {outcome: 'refused', limited: false}),
			[lost],
		),
	];
	const one = judge(passing);
	t.deepEqual('problem' in one && one.problem.nodes, ['worker-2']);
});
