import {hostPortConflicts, hostPortsOf} from '../../model/host-ports.ts';
import {isOver} from '../../model/pods.ts';
import {rule, type Finding} from '../rule.ts';
import {aboutPod, fullName, kubectl, someOf} from '../views/objects.ts';
import {unscheduled} from '../views/pod-state.ts';

export default rule({
	title: 'A pod with a host port finds a node where it is free',
	severity: 'error',
	layer: 'backend',
	why:
		'A host port (the same number, protocol and address) can be taken once a node. A second pod that asks for it stays Pending, ' +
		'and so does the new pod of a rollout where every node has an old one.',
	verify: ["kubectl -n NAMESPACE describe pod POD   # FailedScheduling: didn't have free ports"],
	fix: 'Use another host port or a DaemonSet; for rollouts set maxSurge: 0.',
	refs: ['https://kubernetes.io/docs/concepts/configuration/overview/#services'],
	steps: [34],
	needs: ['pods', 'nodes'],
	evaluate: ({pods, nodes}) => {
		const running = pods.filter(pod => !isOver(pod));
		return running.flatMap((pod): readonly Finding[] => {
			const why = unscheduled(pod);
			if (why === undefined || hostPortsOf(pod).length === 0 || !/free ports/.test(why)) return [];
			const holders = [...new Set(nodes.flatMap(({metadata}) => hostPortConflicts(pod, metadata?.name ?? '', running)))];
			const wanted = hostPortsOf(pod).map(({hostPort, protocol}) => `${hostPort}/${protocol}`);
			return [
				{
					about: aboutPod(pod),
					summary:
						`pod ${fullName(pod)} is Pending: its host port ${wanted.join(', ')} is taken by ` +
						`${someOf(holders.map(fullName)) || 'other pods'}`,
					evidence: [
						{from: `pod ${fullName(pod)} .status.conditions[PodScheduled]`, text: why},
						...holders.slice(0, 3).map(holder => ({
							from: `pod ${fullName(holder)} on ${holder.spec?.nodeName}`,
							text: hostPortsOf(holder)
								.map(({hostPort, protocol}) => `${hostPort}/${protocol}`)
								.join(', '),
						})),
					],
					fix: 'give it another host port, or a node where the port is free',
					verify: [kubectl('describe', 'pod', pod)],
				},
			];
		});
	},
});
