import test from 'ava';
import type {Packet, Verdict} from '../model/verdict.ts';
import type {Dial} from '../probe/vantage.ts';
import {recordedNodes} from './fixtures/traced.ts';
import type {Leg} from './legs.ts';
import type {TracedNode} from './traced-node.ts';
import {onTheWire, seenText, wireDifference, type OnTheWire} from './wire.ts';

const node = recordedNodes()[1] as TracedNode;
const VIP = '10.96.0.99';
const HERE = '172.18.0.11';
const ECHOES = new Map([
	['10.244.1.3:8080/TCP', 'web-1'],
	['10.244.2.2:8080/TCP', 'web-2'],
	['10.244.1.3:8081/UDP', 'web-1'],
]);

const POD: Pick<Packet, 'from' | 'source'> = {from: 'pod', source: '10.244.1.77'};
const NODE: typeof POD = {from: 'node', source: HERE};
const OUTSIDE: typeof POD = {from: 'outside', source: '172.18.0.100'};
const leg = (model: Verdict, sender = POD, to: Partial<Packet> = {}): Leg => ({
	node,
	packet: {protocol: 'TCP', destination: VIP, port: 80, ...sender, ...to},
	model,
	trace: model,
});

const backends = (source: 'kept' | 'rewritten', ...addresses: readonly string[]): Verdict => ({
	kind: 'backends',
	because: '',
	backends: addresses.map(ip => ({ip, port: 8080, probability: 1 / addresses.length, source})),
});
const plain = (kind: 'refused' | 'dropped' | 'node' | 'leaves'): Verdict => ({kind, because: ''});
const sources = ({outcome, ...expected}: OnTheWire) =>
	'by' in expected ? [outcome, Object.fromEntries([...expected.by].map(([name, seen]) => [name, [...seen]]))] : {outcome, ...expected};

const ROWS: ReadonlyArray<readonly [name: string, leg: Leg, expected: unknown]> = [
	[
		'backends see the client',
		leg(backends('kept', '10.244.1.3', '10.244.2.2')),
		['answered', {'web-1': ['10.244.1.77'], 'web-2': ['10.244.1.77']}],
	],
	[
		'backends see the node, by any of its addresses of the family',
		leg(backends('rewritten', '10.244.2.2'), NODE),
		['answered', {'web-2': [HERE, '10.244.1.1']}],
	],
	[
		'a backend that is no pod of ours',
		leg(backends('kept', '10.244.1.3', '203.0.113.10')),
		{outcome: 'open', why: 'one of its backends is no echo pod of the check'},
	],
	[
		"a pod's port that nobody names",
		leg(backends('kept', '10.244.1.3'), POD, {protocol: 'UDP'}),
		{outcome: 'open', why: 'one of its backends is no echo pod of the check'},
	],
	['a remote backend answers a stranger directly', leg(backends('kept', '10.244.2.2'), OUTSIDE), {outcome: 'timeout'}],
	[
		'some come back',
		leg(backends('kept', '10.244.1.3', '10.244.2.2'), OUTSIDE),
		{outcome: 'open', why: 'whether an answer finds its way back depends on the backend'},
	],
	['refused: the kernel limits how many it tells', leg(plain('refused')), {outcome: 'refused', limited: true}],
	['refused on the node itself', leg(plain('refused'), NODE), {outcome: 'refused', limited: false}],
	['refused at an address of the node', leg(plain('refused'), OUTSIDE, {destination: HERE}), {outcome: 'refused', limited: true}],
	[
		'refused where it would be sent back the way it came',
		leg(plain('refused'), OUTSIDE),
		{outcome: 'open', why: 'the kernel redirects its sender instead of sending the refusal'},
	],
	['dropped', leg(plain('dropped')), {outcome: 'timeout'}],
	['elsewhere', leg(plain('leaves')), {outcome: 'open', why: 'it goes elsewhere, and what is there is not known'}],
	['nobody listens on the node: a reset', leg(plain('node'), POD, {destination: HERE, port: 7}), {outcome: 'refused', limited: false}],
	[
		'nobody listens on the node: an ICMP message',
		leg(plain('node'), POD, {destination: HERE, port: 7, protocol: 'UDP'}),
		{outcome: 'refused', limited: true},
	],
	[
		'somebody listens everywhere',
		leg(plain('node'), POD, {destination: '10.244.1.1', port: 10_250}),
		{outcome: 'open', why: 'something on the node listens there'},
	],
	['somebody listens by another protocol', leg(plain('node'), POD, {destination: HERE, port: 53}), {outcome: 'refused', limited: false}],
	[
		'somebody listens at this address',
		leg(plain('node'), POD, {destination: HERE, port: 53, protocol: 'UDP'}),
		{outcome: 'open', why: 'something on the node listens there'},
	],
	[
		'somebody listens at another address',
		leg(plain('node'), POD, {destination: '10.244.1.1', port: 53, protocol: 'UDP'}),
		{outcome: 'refused', limited: true},
	],
	[
		"the node's own socket may be there",
		leg(plain('node'), NODE, {destination: HERE, port: 40_000}),
		{outcome: 'open', why: 'the node may choose this port to send from, and meet itself'},
	],
	[
		"the node's own socket is never there",
		leg(plain('node'), NODE, {destination: HERE, port: 30_080}),
		{outcome: 'refused', limited: false},
	],
	['SCTP', leg(plain('dropped'), POD, {protocol: 'SCTP'}), {outcome: 'open', why: 'the prober does not speak SCTP'}],
];
for (const [name, given, expected] of ROWS)
	test(`what the client must see: ${name}`, t => t.deepEqual(sources(onTheWire(given, ECHOES)), expected as never));

test('affinity is passed on', t =>
	t.like(onTheWire(leg({...backends('kept', '10.244.1.3'), sticky: 60} as Verdict), ECHOES), {outcome: 'answered', sticky: 60}));

const answer = (backend: string, sourceIp = '10.244.1.77', at = 0): Dial => ({at, ms: 2, outcome: 'answered', backend, sourceIp});
const LOST: Dial = {at: 0, ms: 3000, outcome: 'timeout', detail: 'no answer to SYN'};
const REFUSED: Dial = {at: 0, ms: 1, outcome: 'refused', detail: 'ECONNREFUSED (connect)'};
const BY: OnTheWire = {
	outcome: 'answered',
	by: new Map([
		['web-1', new Set(['10.244.1.77'])],
		['web-2', new Set(['fd00::1', HERE])],
	]),
	sticky: 5,
};

const SEEN: ReadonlyArray<readonly [name: string, expected: OnTheWire, dials: readonly Dial[], difference: string | undefined]> = [
	['an answer by one of them', BY, [answer('web-1')], undefined],
	["by the node's address, in another spelling", BY, [answer('web-2', 'fd00:0::1')], undefined],
	['by somebody else', BY, [answer('web-3')], 'answered by web-3 instead of web-1 or web-2'],
	['the wrong source', BY, [answer('web-1', HERE)], 'web-1 saw the client as 172.18.0.11 instead of 10.244.1.77'],
	['no answer', BY, [LOST], 'expected answered, was timeout (no answer to SYN)'],
	['the second is lost', BY, [answer('web-1'), LOST], 'expected answered, was timeout (no answer to SYN)'],
	['the client stays', BY, [answer('web-1'), answer('web-1')], undefined],
	[
		'the client strays',
		BY,
		[answer('web-1'), answer('web-2', HERE, 10)],
		'affinity of 5 s, and the client came to web-1 and then to web-2',
	],
	['the client is free again', BY, [answer('web-1'), answer('web-2', HERE, 4999)], undefined],
	['a refusal', {outcome: 'refused', limited: true}, [REFUSED], undefined],
	[
		'an answer instead of a refusal',
		{outcome: 'refused', limited: true},
		[answer('web-1')],
		'expected refused, was answered by web-1, which saw 10.244.1.77',
	],
	['silence', {outcome: 'timeout'}, [LOST], undefined],
	['a refusal instead of silence', {outcome: 'timeout'}, [REFUSED], 'expected timeout, was refused (ECONNREFUSED (connect))'],
	['what cannot be told', {outcome: 'open', why: 'x'}, [REFUSED], undefined],
	['nothing', {outcome: 'timeout'}, [], 'nothing was sent'],
];
for (const [name, expected, dials, difference] of SEEN)
	test(`what the client sees: ${name}`, t => t.is(wireDifference(expected, dials), difference));

test('in words', t =>
	t.is(
		seenText([answer('web-1'), REFUSED]),
		'answered by web-1, which saw 10.244.1.77 after 2 ms; refused (ECONNREFUSED (connect)) after 1 ms',
	));
