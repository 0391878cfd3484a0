import type {Grid} from '../events.ts';
import {judge, type Expected} from '../probe/judge.ts';
import type {Destination, Dial, Vantage} from '../probe/vantage.ts';
import {withPort} from './ip.ts';
import {Violation} from './problem.ts';
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
};

export type Sent = Flow & {readonly dials: readonly Dial[]};

/** A line to paste at the place that `from` names. */
export const reproduceLine = ({to, from}: Pick<Flow, 'to' | 'from'>): string => {
	const command = to.protocol === 'UDP' ? `echo hostname | socat -t 2 - UDP:${withPort(to.ip, to.port)}` : `curl --max-time 2 http://${withPort(to.ip, to.port)}/hostname`;
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
				return {mark: ok ? '.' as const : 'X' as const, text: ok ? text : wrong};
			}),
		})),
	};
};

/** So many connections of a flow are sent first. */
const FIRST = 64;

/**
 * Sends one flow. When a quarter of its first connections has gone wrong it is red beyond doubt, and the rest is not sent:
 * the timeouts of hundreds of connections into a black hole would use up the check's budget, and nothing would be known.
 */
const sendOne = async (flow: Flow): Promise<Sent> => {
	const first = await flow.from.dial(flow.to, {count: Math.min(FIRST, flow.count)});
	const wrong = first.filter(dial => !judge([dial], flow.expected).ok).length;
	if (flow.count <= FIRST || wrong * 4 >= FIRST) return {...flow, dials: first};
	return {...flow, dials: [...first, ...await flow.from.dial(flow.to, {count: flow.count - FIRST})]};
};

const unsent = ({count, dials}: Sent): string => (dials.length < count ? ` (the other ${count - dials.length} were not sent any more)` : '');

const describe = (expected: Expected): string => (expected.outcome === 'answered' ? 'an answer by an endpoint' : `a refusal within ${expected.withinMs} ms`);

/**
 * Sends all flows (places side by side, the flows of one place one after the other), reports them as a grid and counts them.
 * Throws a Violation that names every cell and node with a fault; otherwise returns what was sent.
 */
export const sendFlows = async (testbed: Testbed, title: string, flows: readonly Flow[]): Promise<readonly Sent[]> => {
	const places = unique(flows.map(flow => flow.from));
	const sent = (await Promise.all(places.map(async place => {
		const done: Sent[] = [];
		for (const flow of flows.filter(one => one.from === place)) done.push(await sendOne(flow));
		return done;
	}))).flat();
	testbed.grid(gridOf(title, sent));
	testbed.number('connections', sent.reduce((sum, flow) => sum + flow.dials.length, 0), '');
	const bad = sent.map(flow => ({...flow, ...judge(flow.dials, flow.expected)})).filter(flow => !flow.ok);
	if (bad.length === 0) return sent;
	testbed.evidence('connections.json', JSON.stringify(bad.map(({row, column, to, node, dials}) => ({row, column, to, node, dials})), undefined, '\t'));
	const nodes = unique(bad.map(flow => flow.node));
	throw new Violation({
		summary: `${title}: ${bad.length} of ${sent.length} ways go wrong, on ${nodes.join(', ')}`,
		expected: unique(bad.map(flow => describe(flow.expected))).join('; '),
		observed: bad.map(flow => `${flow.row} → ${flow.column}: ${flow.wrong}${unsent(flow)}`).join('\n'),
		nodes,
		reproduce: bad.slice(0, 3).map(flow => reproduceLine(flow)),
	});
};
