import {setTimeout} from 'node:timers/promises';
import {Violation} from '../../../lib/record/problem.ts';
import {policy} from '../../../lib/testbed/policies.ts';
import type {RowRecorder, Testbed} from '../../../lib/testbed/testbed.ts';
import type {MadeService} from '../../../lib/testbed/workloads.ts';

/** Programs that enforce policies follow within seconds. */
const IN_FORCE_MS = 10_000;
const COUNT = 20;
const NAME = 'nobody-may';
/** What lib/claims reads. */
const STOPPED = 'connections that a policy stopped';

/** A policy that lets nobody in is taken by the API; how many connections it stops is the CNI's matter, and is told. */
export const policyIsLeftToTheCni = async (testbed: Testbed, recorder: RowRecorder, {clusterIp}: MadeService): Promise<void> => {
	const {kube, namespace, signal} = testbed;
	const place = await testbed.vantage.pod(testbed.workers[0].name);
	const stopped = async (): Promise<number> =>
		(await place.dial({ip: clusterIp, port: 80}, {count: COUNT})).filter(({outcome}) => outcome !== 'answered').length;
	const before = await stopped();
	await policy(testbed, NAME, {podSelector: {matchLabels: {app: 'echo'}}, policyTypes: ['Ingress'], ingress: []});
	await setTimeout(IN_FORCE_MS, undefined, {signal});
	const after = await stopped();
	await kube.remove({apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: {name: NAME, namespace}});
	recorder.number(STOPPED, after, `of ${COUNT}`);
	recorder.step(`${before} of ${COUNT} connections were not answered before the policy, ${after} ${IN_FORCE_MS / 1000} s after it`);
	if (before === 0 && (after === 0 || after === COUNT)) return;
	throw new Violation({
		summary: before === 0 ? 'a policy that lets nobody in stops some connections, and lets others through' : 'connections are lost',
		expected: 'all are answered before the policy; after it none, or all where nobody enforces policies',
		observed: `${COUNT - before}, then ${COUNT - after} of ${COUNT}`,
		...(before === 0 && {
			layer: {name: 'policy', detail: `NetworkPolicy ${namespace}/${NAME} holds for some of the endpoints`} as const,
		}),
		reproduce: [`kubectl --namespace ${namespace} get networkpolicy --output yaml`, `curl --max-time 2 http://${clusterIp}/hostname`],
	});
};
