import {rule, type Finding} from '../rule.ts';
import {aboutService, fullName, isHeadless, kubectl, someOf} from '../views/objects.ts';
import {isRunning, readyPods} from '../views/pod-state.ts';
import {backed} from '../views/services.ts';

export default rule({
	title: 'A Service with an address does not publish pods that are not ready',
	severity: 'warning',
	layer: 'endpoints',
	why:
		'publishNotReadyAddresses makes every pod an endpoint, ready or not. It is meant for headless Services of peers that look ' +
		'for each other; a Service with a ClusterIP sends a share of its connections to pods that do not answer.',
	verify: ['kubectl -n NAMESPACE get service NAME -o jsonpath={.spec.publishNotReadyAddresses}'],
	fix: 'Set publishNotReadyAddresses: false, and make a second, headless Service for the peers.',
	refs: ['https://kubernetes.io/docs/reference/kubernetes-api/service-resources/service-v1/'],
	steps: [26],
	needs: ['services', 'pods'],
	evaluate: ({services, pods}) =>
		backed(services, pods).flatMap(({service, pods: own}): readonly Finding[] => {
			const ready = readyPods(own);
			const unready = own.filter(
				pod =>
					!pod.metadata?.deletionTimestamp &&
					!ready.includes(pod) &&
					pod.status?.podIP !== undefined &&
					(isRunning(pod) || ready.length === 0),
			);
			if (service.spec?.publishNotReadyAddresses !== true || isHeadless(service) || unready.length === 0) return [];
			return [
				{
					about: aboutService(service),
					summary:
						`Service ${fullName(service)} publishes pods that are not ready, and ${unready.length} of ${own.length} are ` +
						`not: ${someOf(unready.map(fullName))}`,
					evidence: [{from: `${aboutService(service)} .spec.publishNotReadyAddresses`, text: 'true'}],
					fix: 'set publishNotReadyAddresses: false',
					verify: [kubectl('get', 'service', service, '-o jsonpath={.spec.publishNotReadyAddresses}')],
				},
			];
		}),
});
