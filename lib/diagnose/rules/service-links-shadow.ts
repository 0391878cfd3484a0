import {rule, type Finding} from '../rule.ts';
import {aboutService, fullName, podLine, secondsSince} from '../views/objects.ts';
import {stuckContainer} from '../views/pod-state.ts';
import {podsIn} from '../views/pods.ts';

const variableOf = (name: string): string => `${name.toUpperCase().replaceAll('-', '_')}_PORT`;

export default rule({
	title: "A Service's variables do not upset a program of the same name",
	severity: 'warning',
	layer: 'backend',
	why:
		'For a Service `redis` every pod of the namespace that starts later gets REDIS_PORT=tcp://10.0.0.1:6379. A program that ' +
		'takes its own port from such a variable ends with "invalid port".',
	verify: ['kubectl -n NAMESPACE exec POD -- env | grep _PORT=tcp'],
	fix: 'Set enableServiceLinks: false in the pod, or give the Service another name.',
	refs: ['https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables'],
	steps: [38],
	needs: ['services', 'pods'],
	evaluate: ({services, pods, atMs}) =>
		services.flatMap((service): readonly Finding[] => {
			const name = service.metadata?.name ?? '';
			const harmed = podsIn(service.metadata?.namespace, pods).find(
				pod =>
					pod.spec?.enableServiceLinks !== false &&
					stuckContainer(pod)?.reason === 'CrashLoopBackOff' &&
					secondsSince(pod.status?.startTime, atMs) < secondsSince(service.metadata?.creationTimestamp, atMs) &&
					(pod.spec?.containers ?? []).some(
						container => container.name === name && !(container.env ?? []).some(each => each.name === variableOf(name)),
					),
			);
			if (!harmed) return [];
			return [
				{
					about: aboutService(service),
					severity: 'info',
					confidence: 'possible',
					summary:
						`container ${name} of pod ${fullName(harmed)} ends again and again, and Service ${fullName(service)} gives ` +
						`it ${variableOf(name)}=tcp://…`,
					evidence: [
						{from: `pod ${fullName(harmed)} .spec.enableServiceLinks`, text: `${harmed.spec?.enableServiceLinks ?? true}`},
					],
					fix: 'set enableServiceLinks: false in the pod',
					verify: [podLine('logs', harmed, '--previous')],
				},
			];
		}),
});
