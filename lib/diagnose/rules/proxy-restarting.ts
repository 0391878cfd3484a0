import {rule, type Finding} from '../rule.ts';
import {fullName, podLine, secondsSince} from '../views/objects.ts';
import {restartsOf} from '../views/pod-state.ts';
import {isKubeProxy} from '../views/proxy.ts';

const LATELY_SECONDS = 3600;

export default rule({
	title: 'kube-proxy stays up',
	severity: 'warning',
	layer: 'kube-proxy',
	why:
		'Between two starts nothing follows the API on that node. A kernel module that is missing, a wrong configuration or too ' +
		'little memory end it again and again.',
	verify: ['kubectl -n kube-system get pods -l k8s-app=kube-proxy', 'kubectl -n kube-system logs POD --previous'],
	fix: 'Read its last log.',
	refs: ['https://kubernetes.io/docs/tasks/debug/debug-application/debug-service/#is-kube-proxy-working'],
	steps: [40],
	needs: ['pods'],
	evaluate: ({pods, atMs}) =>
		pods.filter(isKubeProxy).flatMap((pod): readonly Finding[] => {
			const container = pod.status?.containerStatuses?.find(({lastState}) => lastState?.terminated);
			const last = container?.lastState?.terminated;
			if (restartsOf(pod) < 3 || secondsSince(last?.finishedAt, atMs) > LATELY_SECONDS) return [];
			return [
				{
					about: `Node ${pod.spec?.nodeName}`,
					summary:
						`kube-proxy on ${pod.spec?.nodeName} has started ${restartsOf(pod)} times again, the last time within the ` +
						'hour',
					evidence: [
						{
							from: `pod ${fullName(pod)} .status.containerStatuses[].lastState.terminated`,
							text: `${last?.reason ?? ''}, exit code ${last?.exitCode}`,
						},
					],
					fix: 'read its last log',
					verify: [podLine('logs', pod, '--previous')],
				},
			];
		}),
});
