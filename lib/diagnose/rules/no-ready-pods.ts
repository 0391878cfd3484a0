import type {CoreV1Event, V1Pod} from '@kubernetes/client-node';
import {isServing} from '../../model/pods.ts';
import {rule, type Finding, type Quote} from '../rule.ts';
import {aboutService, counted, fullName, kubectl} from '../views/objects.ts';
import {backed} from '../views/services.ts';
import {isRunning, probeText} from '../views/pod-state.ts';

const lastEvent = (pod: V1Pod, events: readonly CoreV1Event[] = []): readonly Quote[] => {
	const about = events.filter(
		({involvedObject: {kind, namespace, name}}) =>
			kind === 'Pod' && namespace === pod.metadata?.namespace && name === pod.metadata?.name,
	);
	const last = about.at(-1);
	return last ? [{from: `event ${last.reason} of pod ${fullName(pod)}`, text: last.message ?? ''}] : [];
};

export default rule({
	title: 'Of the running pods behind a Service at least one is ready',
	severity: 'error',
	layer: 'backend',
	why:
		'Only pods whose readiness probe succeeds are endpoints. When all fail it, the Service refuses every connection although its ' +
		'pods run. The probe asks the wrong port or path, or the program is not healthy.',
	verify: ['kubectl -n NAMESPACE get pods -l SELECTOR', 'kubectl -n NAMESPACE describe pod POD   # Readiness, Conditions, Events'],
	fix: 'Mend what the probe asks for, or the probe: its port and path must be those that the program serves.',
	refs: ['https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#container-probes'],
	steps: [3, 12],
	explains: [
		'headless-no-ready',
		'only-terminating-endpoints',
		'internal-policy-without-local-endpoints',
		'external-policy-without-local-endpoints',
	],
	needs: ['services', 'pods'],
	sees: ['events'],
	evaluate: ({services, pods, events}) =>
		backed(services, pods).flatMap(({service, pods: own}): readonly Finding[] => {
			const running = own.filter(pod => isRunning(pod) && !pod.metadata?.deletionTimestamp);
			const [first] = running;
			if (!first || own.some(pod => isServing(pod)) || service.spec?.publishNotReadyAddresses === true) return [];
			const condition = first.status?.conditions?.find(({type}) => type === 'Ready');
			return [
				{
					about: aboutService(service),
					summary: `none of the ${counted(running.length, 'running pod')} of Service ${fullName(service)} is ready`,
					evidence: [
						{
							from: `pod ${fullName(first)} .status.conditions[Ready]`,
							text: `${condition?.status ?? 'not there'}: ${condition?.reason ?? ''} ${condition?.message ?? ''}`.trim(),
						},
						...probeText(first).map(text => ({from: `pod ${fullName(first)} readinessProbe`, text})),
						...lastEvent(first, events),
					],
					fix:
						probeText(first).length > 0
							? 'make the program answer its readiness probe, or correct the port or path of the probe'
							: 'look why the pods are not Ready: a readiness gate, or a container that does not start',
					verify: [kubectl('describe', 'pod', first)],
				},
			];
		}),
});
