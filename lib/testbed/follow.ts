import {judge} from '../probe/judge.ts';
import {DIAL_TIMEOUT_MS, patienceWith, REFUSAL_PAUSE_MS} from '../limits.ts';
import {eventually} from '../wait/eventually.ts';
import {expectations} from './expectations.ts';
import {flowsOf, type FlowsWish} from './flows-of.ts';
import {sendFlows, type Flow, type Sent} from './flows.ts';
import {programmed, programmedTimeoutMs} from './programmed.ts';
import {stretchesOf, type Glance} from './stretches.ts';
import type {Testbed} from './testbed.ts';

/** A look must not use up the refusals that the kernel has for one client (REFUSAL_PAUSE_MS). */
const LOOK_COUNT = 4;
const REFUSALS = 2;

const few = (flow: Flow, count: number): Flow => ({
	...flow,
	count: flow.expected.outcome === 'answered' ? count : Math.min(count, flow.expected.outcome === 'refused' ? 1 : REFUSALS),
});

/**
 * A connection whose virtual server goes meanwhile is never answered (ip_vs drops what comes for it), and nobody waits for that: another
 * look is as good.
 */
const look = async (flows: readonly Flow[], answerMs: number) =>
	Promise.all(
		flows.map(async flow => {
			const {from, to, count} = few(flow, LOOK_COUNT);
			return {...flow, ...judge(await from.dial(to, {count, answerMs}), flow.expected)};
		}),
	);

/** A drawing shows no more ways. */
const MOST_DRAWN = 40;

/**
 * After a change of the API: waits until every node does as the model now says, at the latest after `programmedTimeoutMs`, and tells how
 * long it took (kube-proxy gathers changes for its minSyncPeriod of 1 s). `service`: its rules must hold exactly the endpoints of now; left
 * out: it is gone. Then sends the whole batch, of which nothing may be lost any more.
 */
export const flowsFollow = async (testbed: Testbed, what: string, wish: FlowsWish, service?: string): Promise<readonly Sent[]> => {
	const startedAt = performance.now();
	if (service !== undefined) await programmed(testbed, service);
	const asTheApiSays = async () => flowsOf(testbed, {...wish, timeouts: true}, await expectations(testbed));
	const answerMs = DIAL_TIMEOUT_MS * patienceWith(testbed.cluster.target.nodeKernel);
	let flows = await asTheApiSays();
	const glances = new Map(flows.slice(0, MOST_DRAWN).map(({row, column}) => [`${row} → ${column}`, [] as Glance[]]));
	await eventually(
		`${what}: every node does as the API says now`,
		async () => {
			const at = performance.now() - startedAt;
			const seen = await look(flows, answerMs);
			for (const {row, column, ok, wrong: text} of seen)
				glances.get(`${row} → ${column}`)?.push({at, mark: ok ? '.' : 'X', text: ok ? 'as the API says' : text});
			const wrong = seen.filter(({ok}) => !ok);
			if (wrong.length === 0) return {done: true, value: undefined};
			flows = await asTheApiSays();
			return {
				done: false,
				observed: wrong.map(({row, column, wrong: text}) => `${row} → ${column}: ${text}`).join('\n'),
				nodes: [...new Set(wrong.map(({node}) => node))],
			};
		},
		{timeoutMs: programmedTimeoutMs(testbed), intervalMs: REFUSAL_PAUSE_MS, signal: testbed.signal},
	);
	const tookMs = Math.round(performance.now() - startedAt);
	testbed.number(`${what}, until every node followed`, tookMs, 'ms');
	testbed.chart({
		kind: 'timeline',
		title: `${what}: since the change of the API`,
		unit: 'ms',
		rows: [...glances].map(([name, seen]) => ({name, stretches: stretchesOf(seen, tookMs)})),
		moments: [],
	});
	return sendFlows(
		testbed,
		what,
		flows.map(flow => (flow.expected.outcome === 'answered' ? flow : few(flow, REFUSALS))),
	);
};
