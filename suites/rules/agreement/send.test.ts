import test from 'ava';
import type {Verdict} from '../../../lib/model/verdict.ts';
import type {Destination, Dial, DialOptions, Vantage} from '../../../lib/probe/vantage.ts';
import {recordedNodes} from '../../../lib/trace/fixtures/traced.ts';
import type {TracedNode} from '../../../lib/trace/traced-node.ts';
import type {OnTheWire} from '../../../lib/trace/wire.ts';
import type {Probe} from './probes.ts';
import {sendProbes} from './send.ts';

const entry = recordedNodes()[1] as TracedNode;
const plain = (kind: 'refused' | 'dropped'): Verdict => ({kind, because: ''});
const ANSWERED: OnTheWire = {outcome: 'answered', by: new Map([['web', new Set(['10.244.1.77'])]])};
const STAYS: OnTheWire = {...ANSWERED, sticky: 60};
const REFUSED: OnTheWire = {outcome: 'refused', limited: true};

const probe = (
	port: number,
	expected: OnTheWire,
	{from = 'pod' as Probe['packet']['from'], source = '10.244.1.77', trace = plain('refused')} = {},
): Probe => {
	const packet = {from, source, destination: '10.96.0.9', port, protocol: 'TCP'} as const;
	return {packet, about: '', entry, expected, legs: [{node: entry, packet, model: plain('refused'), trace}]};
};

type Sent = {
	readonly port: number;
	readonly count: number;
	readonly atMs: number;
	readonly open: number;
};

/** A place where each connection takes a while; notes what was under way when each began. */
const place = (answer: (port: number) => Dial) => {
	const sent: Sent[] = [];
	const began = performance.now();
	let open = 0;
	const vantage = {
		async dial({port}: Destination, {count}: DialOptions) {
			sent.push({port, count, atMs: performance.now() - began, open: ++open});
			await new Promise(resolve => setTimeout(resolve, 5));
			open--;
			return [answer(port)];
		},
	} as unknown as Vantage;
	return {sent, places: {vantage: () => vantage, via: new Map<string, string>()}};
};

const answer: Dial = {at: 0, ms: 1, outcome: 'answered', backend: 'web', sourceIp: '10.244.1.77'};
const refusal: Dial = {at: 0, ms: 1, outcome: 'refused', detail: 'ECONNREFUSED'};
const {signal} = new AbortController();
const many = (count: number, of: (index: number) => Probe): readonly Probe[] => Array.from({length: count}, (_, index) => of(index + 1));

test('what the wire cannot tell is not sent', async t => {
	const {sent, places} = place(() => answer);
	const asked = probe(1, ANSWERED);
	const dials = await sendProbes([asked, probe(2, {outcome: 'open', why: 'x'})], places, signal);
	t.deepEqual([sent.map(({port}) => port), [...dials]], [[1], [[asked, [answer]]]]);
});

test('many at a time, but one after the other where the client is remembered, twice each', async t => {
	const {sent, places} = place(() => answer);
	await sendProbes(
		many(40, port => probe(port, ANSWERED)),
		places,
		signal,
	);
	t.is(Math.max(...sent.map(({open}) => open)), 16);
	const sticky = place(() => answer);
	await sendProbes(
		many(5, port => probe(port, STAYS)),
		sticky.places,
		signal,
	);
	t.deepEqual(
		sticky.sent.map(({open, count}) => [open, count]),
		Array.from({length: 5}, () => [1, 2]),
	);
});

test('refusals: five at once, then with pauses, each client by itself, and all before what is forwarded', async t => {
	const {sent, places} = place(port => (port < 20 ? refusal : answer));
	await sendProbes(
		[
			...many(3, port => probe(20 + port, ANSWERED)),
			...many(6, port => probe(port, REFUSED)),
			probe(7, REFUSED, {source: '10.244.1.78'}),
		],
		places,
		signal,
	);
	t.deepEqual(
		sent.map(({port}) => port).toSorted((a, b) => a - b),
		[1, 2, 3, 4, 5, 6, 7, 21, 22, 23],
	);
	t.deepEqual(
		sent
			.filter(({port}) => port > 20)
			.map(({port}) => sent.findIndex(one => one.port === port) > sent.findIndex(one => one.port === 6)),
		[true, true, true],
	);
	const at = (port: number): number => sent.find(one => one.port === port)!.atMs;
	// Four pauses would be over four seconds.
	t.true(at(5) - at(1) < 4000 && at(7) < at(6) && at(6) - at(5) > 1000, JSON.stringify(sent));
});

test('refusals that nodes bring upon themselves: one at a time, whichever the node and its address', async t => {
	const {sent, places} = place(() => refusal);
	const own = (source: string) => (port: number) => probe(port, {outcome: 'refused', limited: false}, {from: 'node', source});
	await sendProbes(
		[
			...many(3, own('172.18.0.11')),
			...many(3, own('10.244.1.1')),
			{...own('172.18.0.12')(1), entry: recordedNodes()[2] as TracedNode},
		],
		places,
		signal,
	);
	t.deepEqual(
		sent.map(({open}) => open),
		Array.from({length: 7}, () => 1),
	);
});

test('silence costs time and no work: much of it at a time, also where the rules say something else than the model', async t => {
	const {sent, places} = place(() => ({at: 0, ms: 1, outcome: 'timeout', detail: ''}));
	await sendProbes(
		[
			...many(60, port => probe(port, {outcome: 'timeout'})),
			...many(10, port => probe(100 + port, REFUSED, {trace: plain('dropped')})),
		],
		places,
		signal,
	);
	t.is(sent.length, 70);
	t.is(Math.max(...sent.map(({open}) => open)), 60);
});

test('what is red beyond doubt is not sent any more', async t => {
	const {sent, places} = place(() => refusal);
	const dials = await sendProbes(
		many(200, port => probe(port, ANSWERED)),
		places,
		signal,
	);
	t.is(dials.size, sent.length);
	t.true(sent.length >= 18 && sent.length < 18 + 16, String(sent.length));
});

test('an end of the budget ends the sending', async t => {
	const {places} = place(() => answer);
	await t.throwsAsync(sendProbes([probe(1, ANSWERED)], places, AbortSignal.abort(new Error('over'))), {message: 'over'});
});
