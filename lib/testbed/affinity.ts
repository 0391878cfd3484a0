import {Violation} from '../record/problem.ts';
import {AFFINITY_LOOK_INTERVAL_MS} from '../limits.ts';
import {eventually} from '../wait/eventually.ts';
import {reproduceLine, type Flow, type Sent} from './flows.ts';
import {backendsInTurn} from './stretches.ts';
import {programmedTimeoutMs} from './programmed.ts';
import type {Testbed} from './testbed.ts';

/** The backends that answered, each once. */
export const backendsOf = ({dials}: Sent): readonly string[] => [
	...new Set(dials.flatMap(dial => (dial.outcome === 'answered' ? [dial.backend] : []))),
];

/** Throws a Violation that names each client that did not stay with one endpoint, and the node that let it go. */
export const judgeAffinity = (testbed: Testbed, sent: readonly Sent[]): void => {
	testbed.chart(backendsInTurn('The backend of each client, connection by connection', sent));
	const strayed = sent.filter(flow => backendsOf(flow).length > 1);
	if (strayed.length === 0) return;
	testbed.evidence(
		'strayed.json',
		JSON.stringify(
			strayed.map(({row, column, dials}) => ({row, column, dials})),
			undefined,
			'\t',
		),
	);
	const nodes = [...new Set(strayed.map(flow => flow.node))];
	throw new Violation({
		summary: `clients do not stay with one endpoint, on ${nodes.join(', ')}`,
		expected: 'one endpoint for all connections of one client to one port (the timeout is 10800 s unless set)',
		observed: strayed
			.map(flow => `${flow.row} → ${flow.column}: ${backendsOf(flow).length} endpoints (${backendsOf(flow).join(', ')})`)
			.join('\n'),
		nodes,
		reproduce: strayed
			.slice(0, 2)
			.map(flow => `for i in 1 2 3 4 5; do ${reproduceLine(flow).replace(/ {3}#.*/, '')}; echo; done   # from ${flow.from.name}`),
	});
};

/** A client that draws one of three endpoints or more each time has the same twenty times in a row once in 10^9 times. */
const DRAWS = 20;

/** Waits until every client does as the Service's affinity says now: it stays with one endpoint, or is sent to one after the other. */
export const affinityFollows = async (testbed: Testbed, flows: readonly Flow[], isSticky: boolean): Promise<void> => {
	const what = isSticky ? 'every client stays with one endpoint' : 'every client is sent to all endpoints';
	const startedAt = performance.now();
	await eventually(
		what,
		async () => {
			const sent = await Promise.all(flows.map(async flow => ({...flow, dials: await flow.from.dial(flow.to, {count: DRAWS})})));
			const wrong = sent.filter(flow => (backendsOf(flow).length === 1) !== isSticky);
			if (wrong.length === 0) return {done: true, value: undefined};
			return {
				done: false,
				observed: wrong.map(flow => `${flow.row} → ${flow.column}: ${backendsOf(flow).join(', ') || 'no answer'}`).join('\n'),
				nodes: [...new Set(wrong.map(({node}) => node))],
			};
		},
		{
			timeoutMs: programmedTimeoutMs(testbed),
			intervalMs: AFFINITY_LOOK_INTERVAL_MS,
			signal: testbed.signal,
			problem: {reproduce: wrongLines(flows)},
		},
	);
	testbed.number(`until ${what}`, Math.round(performance.now() - startedAt), 'ms');
};

const wrongLines = (flows: readonly Flow[]): readonly string[] =>
	flows
		.slice(0, 1)
		.map(flow => `for i in $(seq ${DRAWS}); do ${reproduceLine(flow).replace(/ {3}#.*/, '')}; echo; done   # from ${flow.from.name}`);
