import type {Grid} from '../record/events.ts';
import {judge, type Expected} from '../probe/judge.ts';
import type {Destination, Dial, Vantage} from '../probe/vantage.ts';
import {withPort} from '../ip.ts';
import {ANSWER_TIMEOUT_MS, patienceWith} from '../limits.ts';
import {Violation} from '../record/problem.ts';
import type {Testbed} from './testbed.ts';

/** Connections from one place to one destination, with what must become of each. */
export type Flow = {
	readonly row: string;
	readonly column: string;
	readonly from: Vantage;
	readonly to: Destination;
	readonly count: number;
	readonly expected: Expected;
	/** The node whose rules decide over these packets. */
	readonly node: string;
	/** The client's own port, one connection after the other; left out: any. */
	readonly localPort?: number;
	/** Where it comes from; left out: it does not matter. */
	readonly kind?: 'pod' | 'node' | 'outside';
};

export type Sent = Flow & {readonly dials: readonly Dial[]};

/** A line to paste at the place that `from` names. */
export const reproduceLine = ({to, from}: Pick<Flow, 'to' | 'from'>): string => {
	const command =
		to.protocol === 'UDP'
			? `echo hostname | socat -t 2 - UDP:${withPort(to.ip, to.port)}`
			: `curl --max-time 2 http://${withPort(to.ip, to.port)}/hostname`;
	return `${command}   # from ${from.name}`;
};

const unique = <T>(items: readonly T[]): readonly T[] => [...new Set(items)];

const gridOf = (title: string, sent: readonly Sent[]): Grid => {
	const columns = unique(sent.map(flow => flow.column));
	return {
		title,
		columns,
		rows: unique(sent.map(flow => flow.row)).map(row => ({
			name: row,
			cells: columns.map(column => {
				const flow = sent.find(one => one.row === row && one.column === column);
				if (!flow) return {mark: ' ' as const, text: ''};
				const {ok, text, wrong} = judge(flow.dials, flow.expected);
				return {mark: ok ? ('.' as const) : ('X' as const), text: ok ? text : wrong};
			}),
		})),
	};
};

/** A drawing shows no more of them. */
const MOST_WAYS = 40;

/** So many connections of a flow are sent first. */
const FIRST = 64;

/**
 * Of datagrams that ought to be answered so few are on their way at a time, from all places together, and so many of a flow are sent
 * first. A socket's buffer holds 277 small ones (net.core.rmem_default 212,992 bytes, 768 for each) and agnhost answers one after the
 * other: nine places with 32 each fill it while its node has no processor for it, and what does not fit is lost by nobody's fault. Where
 * nodes are slower it is a third: they have less time for it, and what comes over the wire of user-mode Linux counts as whole pages there.
 */
const DATAGRAMS_AT_ONCE = 128;
const MOST_OF_A_PLACE = 32;
const FIRST_DATAGRAMS = 16;

/**
 * Sends one flow. When a quarter of its first connections has gone wrong it is red beyond doubt, and the rest is not sent:
 * the timeouts of hundreds of connections into a black hole would use up the check's budget, and nothing would be known.
 */
const sendOne = async ({from, to, count, expected, ...flow}: Flow, atOnce: number, isSlow: boolean): Promise<Sent> => {
	const asks = to.protocol === 'UDP' && expected.outcome === 'answered';
	const atFirst = asks ? FIRST_DATAGRAMS : FIRST;
	// From one port there is one at a time.
	const share = Math.max(1, Math.min(MOST_OF_A_PLACE, Math.floor(atOnce)));
	const pace = flow.localPort !== undefined ? {localPort: flow.localPort} : asks ? {concurrency: share} : {};
	// On slow nodes an answer has been seen after 8.8 s.
	const wait = asks && isSlow ? {timeoutMs: ANSWER_TIMEOUT_MS} : {};
	const sent = {...flow, from, to, count, expected};
	const first = await from.dial(to, {count: Math.min(atFirst, count), ...pace, ...wait});
	const wrong = first.filter(dial => !judge([dial], expected).ok).length;
	if (count <= atFirst || wrong * 4 >= atFirst) return {...sent, dials: first};
	return {...sent, dials: [...first, ...(await from.dial(to, {count: count - atFirst, ...pace, ...wait}))]};
};

const unsent = ({count, dials}: Sent): string =>
	dials.length < count ? ` (the other ${count - dials.length} were not sent any more)` : '';

const describe = (expected: Expected): string => {
	switch (expected.outcome) {
		case 'answered':
			return expected.sources ? 'an answer by an endpoint that sees the client as it must' : 'an answer by an endpoint';
		case 'refused':
			return `a refusal within ${expected.withinMs} ms`;
		case 'timeout':
			return 'no answer at all';
		case 'unanswered':
			return 'no answer by anybody';
	}
};

/**
 * The flows of one place: one after the other, and at last, side by side, those of which nothing may come back. They cost a time limit
 * each, and a redirect that they bring their sender would set back the kernel's limit of refusals.
 */
const sendFrom = async (flows: readonly Flow[], send: (flow: Flow) => Promise<Sent>): Promise<readonly Sent[]> => {
	const sent = new Map<Flow, Sent>();
	// From one port there is one at a time.
	const isSilent = ({expected, localPort}: Flow): boolean => expected.outcome === 'timeout' && localPort === undefined;
	for (const flow of flows.filter(one => !isSilent(one))) sent.set(flow, await send(flow));
	await Promise.all(flows.filter(one => isSilent(one)).map(async flow => sent.set(flow, await send(flow))));
	return flows.flatMap(flow => sent.get(flow) ?? []);
};

/**
 * Sends all flows (places side by side), reports them as a grid and counts them.
 * Throws a Violation that names every cell and node with a fault; otherwise returns what was sent.
 */
export const sendFlows = async (testbed: Testbed, title: string, flows: readonly Flow[]): Promise<readonly Sent[]> => {
	const places = unique(flows.map(flow => flow.from));
	const patience = patienceWith(testbed.cluster.target.nodeKernel);
	const atOnce = DATAGRAMS_AT_ONCE / patience / places.length;
	const sent = (
		await Promise.all(
			places.map(async place =>
				sendFrom(
					flows.filter(one => one.from === place),
					async flow => sendOne(flow, atOnce, patience > 1),
				),
			),
		)
	).flat();
	testbed.grid(gridOf(title, sent));
	testbed.number(
		'connections',
		sent.reduce((sum, flow) => sum + flow.dials.length, 0),
		'',
	);
	const bad = sent.map(flow => ({...flow, ...judge(flow.dials, flow.expected)})).filter(flow => !flow.ok);
	if (bad.length === 0) return sent;
	testbed.evidence(
		'connections.json',
		JSON.stringify(
			bad.map(({row, column, to, node, dials}) => ({row, column, to, node, dials})),
			undefined,
			'\t',
		),
	);
	const nodes = unique(bad.map(flow => flow.node));
	throw new Violation({
		summary: `${title}: ${bad.length} of ${sent.length} ways go wrong, on ${nodes.join(', ')}`,
		expected: unique(bad.map(flow => describe(flow.expected))).join('; '),
		observed: bad.map(flow => `${flow.row} → ${flow.column}: ${flow.wrong}${unsent(flow)}`).join('\n'),
		nodes,
		ways: bad.slice(0, MOST_WAYS).map(({from, node, to, wrong}) => ({
			from: from.name,
			node,
			to: `${withPort(to.ip, to.port)} ${to.protocol ?? 'TCP'}`,
			wrong,
		})),
		reproduce: bad.slice(0, 3).map(flow => reproduceLine(flow)),
	});
};
