import {rule, type Finding} from '../rule.ts';
import {aboutService, fullName, podLine, secondsSince} from '../views/objects.ts';
import {restartsOf} from '../views/pod-state.ts';
import {backed} from '../views/services.ts';

/** So many, the last within so long: it goes on. */
const RESTARTS = 5;
const LATELY_SECONDS = 3600;

export default rule({
	title: 'The containers behind a Service do not start again and again',
	severity: 'warning',
	layer: 'backend',
	why:
		'Each time a container ends, its connections are reset and the endpoint goes away for a while: clients see errors now and ' +
		'then. Memory limits (OOMKilled) and liveness probes are the usual reasons.',
	verify: ['kubectl -n NAMESPACE get pods -l SELECTOR', 'kubectl -n NAMESPACE logs POD --previous'],
	fix: 'Raise the limit that it meets, or mend what ends it.',
	refs: ['https://kubernetes.io/docs/tasks/debug/debug-application/debug-pods/'],
	steps: [4],
	needs: ['services', 'pods'],
	evaluate: ({services, pods, atMs}) =>
		backed(services, pods).flatMap(({service, pods: own}): readonly Finding[] => {
			const restarting = own.filter(
				pod =>
					restartsOf(pod) >= RESTARTS &&
					(pod.status?.containerStatuses ?? []).some(
						({lastState}) => secondsSince(lastState?.terminated?.finishedAt, atMs) < LATELY_SECONDS,
					),
			);
			const [first] = restarting;
			if (!first) return [];
			const container = first.status?.containerStatuses?.find(({lastState}) => lastState?.terminated);
			const last = container?.lastState?.terminated;
			return [
				{
					about: aboutService(service),
					summary:
						`${restarting.length} of ${own.length} pods of Service ${fullName(service)} keep on restarting: ` +
						`${fullName(first)} ${restartsOf(first)} times`,
					evidence: [
						{
							from: `pod ${fullName(first)} .status.containerStatuses[${container?.name}].lastState.terminated`,
							text: `${last?.reason ?? ''}, exit code ${last?.exitCode}`,
						},
					],
					fix: last?.reason === 'OOMKilled' ? 'raise its memory limit, or mend the leak' : 'read its last log',
					verify: [podLine('logs', first, `-c ${container?.name} --previous`)],
				},
			];
		}),
});
