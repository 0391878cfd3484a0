import {rule, type Finding} from '../rule.ts';
import {aboutService, fullName, kubectl} from '../views/objects.ts';
import {readyPods, unscheduled} from '../views/pod-state.ts';
import {backed} from '../views/services.ts';

export default rule({
	title: 'The pods behind a Service have a node',
	severity: 'error',
	layer: 'backend',
	why:
		'A pod that the scheduler finds no node for never runs: too little CPU or memory, a taint, a node selector or a volume that ' +
		'fits nowhere. Where no other pod is ready, the Service refuses every connection.',
	verify: ['kubectl -n NAMESPACE describe pod POD   # Events: FailedScheduling'],
	fix: 'Make room, or loosen what keeps the pod from every node: the event of the scheduler names it.',
	refs: ['https://kubernetes.io/docs/tasks/debug/debug-application/debug-pods/#my-pod-stays-pending'],
	steps: [3],
	explains: ['headless-no-ready'],
	needs: ['services', 'pods'],
	evaluate: ({services, pods}) =>
		backed(services, pods).flatMap(({service, pods: own}): readonly Finding[] => {
			const pending = own.flatMap(pod => {
				const why = unscheduled(pod);
				return why === undefined ? [] : [{pod, why}];
			});
			const [first] = pending;
			if (!first) return [];
			const none = readyPods(own).length === 0;
			return [
				{
					about: aboutService(service),
					severity: none ? 'error' : 'warning',
					summary:
						`${pending.length} of ${own.length} pods of Service ${fullName(service)} have no ` +
						`node${none ? ', and no other pod is ready' : ''}`,
					evidence: [{from: `pod ${fullName(first.pod)} .status.conditions[PodScheduled]`, text: first.why}],
					fix: 'mend what the scheduler names',
					verify: [kubectl('describe', 'pod', first.pod)],
				},
			];
		}),
});
