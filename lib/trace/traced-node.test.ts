import test from 'ava';
import {recordedState} from '../model/rules/fixtures/recorded.ts';
import type {Packet} from '../model/verdict.ts';
import {TransportError} from '../shell/shell.ts';
import {difference} from './agree.ts';
import {recordedFacts, recordedNodes} from './fixtures/traced.ts';
import {legsOf} from './legs.ts';
import {tracedNode, type TracedNode} from './traced-node.ts';

const nodes = recordedNodes();
const worker1 = nodes[1] as TracedNode;
const packet = (source: string, destination: string, port: number, more: Partial<Packet> = {}): Packet => ({
	from: 'pod',
	source,
	destination,
	port,
	protocol: 'TCP',
	...more,
});

test('what surrounds a node is taken from what it says', t => {
	t.deepEqual([...worker1.addresses], ['172.18.0.11', 'fe80::1', '10.244.1.1']);
	t.deepEqual(['10.96.0.1', '172.18.0.12', '10.244.1.77', '172.18.0.11', '10.244.1.1', '127.0.0.1', 'fd00::1'].map(worker1.sourceTo), [
		'172.18.0.11',
		'172.18.0.11',
		'10.244.1.1',
		'172.18.0.11',
		'10.244.1.1',
		'127.0.0.1',
		undefined,
	]);
	t.deepEqual(
		['192.0.2.1', '10.244.2.9'].map(to => worker1.sourceBeyond(packet('10.244.1.77', to, 80))),
		['172.18.0.11', '10.244.1.77'],
		'its CNI masquerades what leaves the pod network',
	);
	t.is(worker1.sourceBeyond(packet('192.0.2.9', '192.0.2.1', 80)), '192.0.2.9');
	t.deepEqual([32_767, 32_768, 60_999, 61_000].map(worker1.isOwnPort), [false, true, true, false]);
	const unset = tracedNode('worker-1', recordedState('nftables'), {
		...recordedFacts('worker-1'),
		sysctls: {ok: true, value: {values: new Map(), remainder: []}, source: 'sysctl'},
	});
	t.true(unset.isOwnPort(7), 'it may be any');
});

test("the model is told of the CNI's masquerading, and agrees with the rules", t => {
	const to = packet('10.244.1.77', '10.96.0.1', 443);
	t.is(difference(worker1.model(to), worker1.trace(to)), undefined);
	t.like(worker1.model(to), {kind: 'backends', backends: [{source: 'rewritten'}]});
});

test('a fact that is missing', t => {
	t.throws(
		() =>
			tracedNode('worker-1', recordedState('nftables'), {
				...recordedFacts('worker-1'),
				routes: {ok: false, why: 'exit code 1', source: 'ip -j route'},
			}),
		{instanceOf: TransportError, message: 'worker-1: ip -j route: exit code 1'},
	);
});

test('legs: where a packet goes on to another node, that one decides', t => {
	const ends = (some: Packet) =>
		legsOf(some, worker1, nodes).map(({node, packet: {from, source}, model, trace}) => [
			node.name,
			from,
			source,
			model.kind,
			trace.kind,
		]);
	t.deepEqual(ends(packet('10.244.1.77', '10.96.0.10', 53, {protocol: 'UDP'})), [
		['worker-1', 'pod', '10.244.1.77', 'backends', 'backends'],
	]);
	t.deepEqual(ends(packet('10.244.1.77', '172.18.0.12', 30_080)), [
		['worker-1', 'pod', '10.244.1.77', 'leaves', 'leaves'],
		['worker-2', 'outside', '172.18.0.11', 'backends', 'backends'],
	]);
	t.deepEqual(ends(packet('172.18.0.11', '172.18.0.12', 7, {from: 'node'})), [
		['worker-1', 'node', '172.18.0.11', 'leaves', 'leaves'],
		['worker-2', 'outside', '172.18.0.11', 'node', 'node'],
	]);
	t.deepEqual(ends(packet('10.244.1.77', '198.51.100.77', 80)), [['worker-1', 'pod', '10.244.1.77', 'leaves', 'leaves']]);
});
