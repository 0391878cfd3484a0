import {isServing} from '../../model/pods.ts';
import {rule, type Finding} from '../rule.ts';
import {aboutService, fullName, kubectl, podLine} from '../views/objects.ts';
import {stuckContainer} from '../views/pod-state.ts';
import {backed} from '../views/services.ts';

export default rule({
	title: 'The containers behind a Service start and stay',
	severity: 'error',
	layer: 'backend',
	why:
		'A container that ends again and again, or whose image or configuration is not there, is never an endpoint. Where no other ' +
		'pod is ready, the Service refuses every connection; otherwise it has less room than it was given.',
	verify: ['kubectl -n NAMESPACE get pods -l SELECTOR', 'kubectl -n NAMESPACE logs POD --previous'],
	fix: "Read the container's last words, and mend its command, image or configuration.",
	refs: ['https://kubernetes.io/docs/tasks/debug/debug-application/debug-pods/'],
	steps: [4, 3],
	explains: ['headless-no-ready', 'no-ready-pods', 'pods-restarting', 'some-pods-not-ready'],
	needs: ['services', 'pods'],
	evaluate: ({services, pods}) =>
		backed(services, pods).flatMap(({service, pods: own}): readonly Finding[] => {
			const stuck = own.flatMap(pod => {
				const found = stuckContainer(pod);
				return found ? [{pod, ...found}] : [];
			});
			const [first] = stuck;
			if (!first) return [];
			const {pod, container, reason, message} = first;
			const none = !own.some(each => isServing(each));
			const last = container.lastState?.terminated;
			return [
				{
					about: aboutService(service),
					severity: none ? 'error' : 'warning',
					summary:
						`${stuck.length} of ${own.length} pods of Service ${fullName(service)} cannot run: container ` +
						`${container.name} of ${fullName(pod)} is in ${reason}${none ? ', and no other pod is ready' : ''}`,
					evidence: [
						{
							from: `pod ${fullName(pod)} .status.containerStatuses[${container.name}].state.waiting`,
							text: `${reason}: ${message}`,
						},
						...(last
							? [
									{
										from: 'its last end',
										text: `${last.reason ?? ''}, exit code ${last.exitCode}${last.message ? `: ${last.message}` : ''}`,
									},
								]
							: []),
					],
					fix: reason.includes('Image')
						? `make the image ${container.image} available to the node, or correct its name`
						: 'read the last log of the container and mend why it ends',
					verify: [
						reason.includes('Image')
							? kubectl('describe', 'pod', pod)
							: podLine('logs', pod, `-c ${container.name} --previous`),
					],
				},
			];
		}),
});
