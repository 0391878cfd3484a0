import {rule, type Finding} from '../rule.ts';
import {aboutService, fullName, kubectl, secondsSince, someOf} from '../views/objects.ts';
import {isRunning, readyPods} from '../views/pod-state.ts';
import {backed} from '../views/services.ts';

/** A rollout's new pods are not ready at first. */
const SETTLED_SECONDS = 300;

export default rule({
	title: 'All running pods behind a Service are ready',
	severity: 'info',
	layer: 'backend',
	why: 'Pods that run and are not ready take no connections: the others carry their load, and when these fail too the Service stops.',
	verify: ['kubectl -n NAMESPACE get pods -l SELECTOR'],
	fix: 'Look why their readiness probe fails.',
	refs: ['https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#container-probes'],
	steps: [4],
	needs: ['services', 'pods'],
	evaluate: ({services, pods, atMs}) =>
		backed(services, pods).flatMap(({service, pods: own}): readonly Finding[] => {
			const ready = readyPods(own);
			const unready = own.filter(
				pod =>
					isRunning(pod) &&
					!pod.metadata?.deletionTimestamp &&
					!ready.includes(pod) &&
					secondsSince(pod.status?.startTime, atMs) > SETTLED_SECONDS,
			);
			const [first] = unready;
			if (!first || ready.length === 0) return [];
			return [
				{
					about: aboutService(service),
					summary:
						`${unready.length} of ${own.length} pods of Service ${fullName(service)} have run for more than 5 minutes ` +
						`and are not ready: ${someOf(unready.map(fullName))}`,
					evidence: [
						{
							from: `pod ${fullName(first)} .status.conditions[Ready]`,
							text: first.status?.conditions?.find(({type}) => type === 'Ready')?.message ?? 'False',
						},
					],
					fix: 'look why their readiness probe fails',
					verify: [kubectl('describe', 'pod', first)],
				},
			];
		}),
});
