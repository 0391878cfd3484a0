import {setTimeout as pause} from 'node:timers/promises';
import {OWN_REFUSAL_PAUSE_MS, REFUSAL_PAUSE_MS} from '../../../lib/limits.ts';
import type {Dial} from '../../../lib/probe/vantage.ts';
import {TransportError} from '../../../lib/shell/shell.ts';
import {wireDifference} from '../../../lib/trace/wire.ts';
import {clientOf, lastOf, refusalsFor, type Probe} from './probes.ts';
import type {Places} from './senders.ts';

/** Refusals beyond the first `atOnce` begin `pauseMs` after the one before. */
type Pace = {readonly atOnce: number; readonly pauseMs: number};

/** Probes that are sent so many at a time. */
type Lane = {
	readonly key: string;
	readonly width: number;
	readonly pace?: Pace;
};

/** What the kernel sends one client. */
const TO_A_CLIENT: Pace = {atOnce: 5, pauseMs: REFUSAL_PAUSE_MS};
/** What it sends in all: the limit of one client does not hold for the node itself. */
const TO_ITSELF: Pace = {atOnce: 1, pauseMs: OWN_REFUSAL_PAUSE_MS};
/** Nodes share it where they share a kernel that has one limit for all its network namespaces. */
const ITSELF = 'refused by the node itself';
const QUICK = 16;
/** They cost a socket each, and their time limit. */
const SILENT = 128;
/**
 * So many of a lane that go wrong, beyond those that are under way together, are red beyond doubt: the time limits of all others would use
 * up the check's budget, and nothing would be known.
 */
const ENOUGH_WRONG = 2;

const laneOf = (probe: Probe): Lane => {
	const {
		expected,
		entry,
		packet: {from},
	} = probe;
	const {model, trace} = lastOf(probe);
	const place = `${from} ${from === 'outside' ? '' : entry.name}`;
	if (
		expected.outcome === 'timeout' ||
		model.kind !== trace.kind ||
		(expected.outcome === 'refused' && !expected.limited && refusalsFor(probe) > 1)
	)
		return {key: `silent ${place}`, width: SILENT};
	if (expected.outcome === 'refused' && expected.limited) return {key: `refused ${clientOf(probe)}`, width: 1, pace: TO_A_CLIENT};
	if (expected.outcome === 'refused' && model.kind === 'refused') return {key: ITSELF, width: 1, pace: TO_ITSELF};
	// Two first connections of one client at the same time may come to two backends, and it is remembered for both.
	if (expected.outcome === 'answered' && expected.sticky !== undefined) return {key: `sticky ${clientOf(probe)}`, width: 1};
	return {key: `quick ${place}`, width: QUICK};
};

const send = async (probe: Probe, {vantage}: Places): Promise<readonly Dial[]> => {
	const {
		entry,
		packet: {from, destination, port, protocol},
		expected,
	} = probe;
	const place = vantage(entry.name, from);
	if (!place || protocol === 'SCTP') throw new TransportError(`nobody can send ${protocol} from ${from} by ${entry.name}`);
	return place.dial(
		{ip: destination, port, protocol},
		{count: expected.outcome === 'answered' && expected.sticky !== undefined ? 2 : 1, concurrency: 1},
	);
};

/** Sends the probes of one lane, and notes what became of each in `sent`. */
const sendLane = async (
	lane: readonly Probe[],
	{width, pace}: Lane,
	places: Places,
	signal: AbortSignal,
	sent: Map<Probe, readonly Dial[]>,
): Promise<void> => {
	let next = 0;
	let wrong = 0;
	let refusals = 0;
	let dueMs = 0;
	const paced = async ({atOnce, pauseMs}: Pace, messages: number): Promise<void> => {
		refusals += messages;
		if (refusals > atOnce) await pause(Math.max(0, dueMs - performance.now()), undefined, {signal});
		dueMs = performance.now() + messages * pauseMs;
	};

	await Promise.all(
		Array.from({length: Math.min(width, lane.length)}, async () => {
			for (let index = next++; index < lane.length && wrong < width + ENOUGH_WRONG; index = next++) {
				signal.throwIfAborted();
				const probe = lane[index]!;
				if (pace) await paced(pace, refusalsFor(probe));
				const dials = await send(probe, places);
				sent.set(probe, dials);
				if (wireDifference(probe.expected, dials) !== undefined) wrong++;
			}
		}),
	);
};

/** What no node forwards, and so brings nobody a redirect; or is itself a refusal that redirects would hold back. */
const goesFirst = ({expected, legs}: Probe): boolean =>
	(expected.outcome === 'refused' && expected.limited) || (legs.length === 1 && legs[0].packet.from === 'node');

/**
 * Sends every probe that the wire can say something about: once, or, where the client must stay with its backend, twice in a row. Answers
 * what became of each that was sent. What a node forwards may bring the sender a redirect, and those set back the kernel's limit of
 * refusals: it is sent when all refusals are through.
 */
export const sendProbes = async (
	probes: readonly Probe[],
	places: Places,
	signal: AbortSignal,
): Promise<ReadonlyMap<Probe, readonly Dial[]>> => {
	const sent = new Map<Probe, readonly Dial[]>();
	const asked = probes.filter(({expected}) => expected.outcome !== 'open');
	for (const some of [asked.filter(probe => goesFirst(probe)), asked.filter(probe => !goesFirst(probe))]) {
		const lanes = Map.groupBy(some, probe => laneOf(probe).key);
		await Promise.all([...lanes.values()].map(async lane => sendLane(lane, laneOf(lane[0]!), places, signal, sent)));
	}

	return sent;
};
