import {setTimeout} from 'node:timers/promises';
import {DIAL_TIMEOUT_MS} from '../../../lib/limits.ts';
import {handMadeSlice} from '../../../lib/testbed/hand-made-slice.ts';
import {judgeNodes} from '../../../lib/testbed/judge-nodes.ts';
import {programmed} from '../../../lib/testbed/programmed.ts';
import {answered, stretchesOf} from '../../../lib/testbed/stretches.ts';
import type {RowRecorder, Testbed} from '../../../lib/testbed/testbed.ts';
import {service, type EchoPod} from '../../../lib/testbed/workloads.ts';

/** Checks of one's own health would have a period of seconds (keepalived's is 6): two of them, in real time. */
const PAUSE_MS = 12_000;
/** A fair choice of two leaves one of them out once in 10^9 batches. */
const COUNT = 30;

/** A Service with one endpoint that answers, and one that nobody has but that its slice calls ready; answers its address. */
export const halfDeadService = async (testbed: Testbed, [alive]: readonly EchoPod[]): Promise<string> => {
	const [dead = ''] = await testbed.lease('external-ip', 1);
	const {clusterIp} = await service(testbed, {name: 'half-dead', ports: [{name: 'http', port: 80, targetPort: 8080}]});
	await testbed.kube.apply(handMadeSlice(testbed, {service: 'half-dead', port: 8080, ips: [alive?.ip ?? '', dead]}));
	await programmed(testbed, 'half-dead');
	return clusterIp;
};

/** The dead endpoint gets connections from every node, and still after a while. */
export const deadOneIsKept = async (testbed: Testbed, recorder: RowRecorder, clusterIp: string): Promise<void> => {
	const places = await Promise.all(testbed.nodes.map(async ({name}) => ({name, place: await testbed.vantage.pod(name)})));
	const batch = async () =>
		Promise.all(
			places.map(async ({name, place}) => ({
				name,
				dials: await place.dial({ip: clusterIp, port: 80}, {count: COUNT}),
			})),
		);
	const first = await batch();
	await setTimeout(PAUSE_MS, undefined, {signal: testbed.signal});
	const later = await batch();
	recorder.chart({
		kind: 'timeline',
		title: `Connections ${PAUSE_MS / 1000} s later: those to the dead endpoint are not answered`,
		unit: 'ms',
		rows: later.map(({name, dials}) => ({
			name,
			stretches: stretchesOf(
				answered(dials).map(glance => ({...glance, mark: glance.mark === 'X' ? ' ' : '.'})),
				DIAL_TIMEOUT_MS,
			),
		})),
		moments: [],
	});
	const verdicts = first.map(({name, dials}, index) => {
		const lost = [dials, later[index]?.dials ?? []].map(all => all.filter(({outcome}) => outcome !== 'answered').length);
		const text = `${lost.join(', then ')} of ${COUNT} to the dead one`;
		return {node: name, text, wrong: lost.every(count => count > 0 && count < COUNT) ? undefined : text};
	});
	judgeNodes(
		recorder,
		{
			title: 'Connections to an endpoint that is dead but ready',
			expected: 'a share of them, at once and later',
			// The walk would stop at the dead endpoint, which is dead on purpose.
			layer: 'rules',
			reproduce: `curl --max-time 3 http://${clusterIp}/hostname`,
		},
		verdicts,
	);
};
