import {hasSelector} from '../../model/service-slices.ts';
import {rule, type Finding} from '../rule.ts';
import {aboutService, counted, fullName, kubectl, labelsText, ownLabels, someOf} from '../views/objects.ts';
import {podsIn, podsOf} from '../views/pods.ts';

/** Share of the selector's pairs that a pod has. */
const likeness = (selector: Readonly<Record<string, string>>, labels: Readonly<Record<string, string>> = {}): number =>
	Object.entries(selector).reduce((sum, [key, value]) => sum + (labels[key] === value ? 2 : key in labels ? 1 : 0), 0);

export default rule({
	title: 'A selector fits at least one pod of its namespace',
	severity: 'error',
	layer: 'endpoints',
	why:
		'A Service sends to the pods of its own namespace that have every label of its selector. Where none has, it has no ' +
		'endpoints: connections are refused. A typing error, a renamed label, or a workload that was never deployed there.',
	verify: ['kubectl -n NAMESPACE get service NAME -o jsonpath={.spec.selector}', 'kubectl -n NAMESPACE get pods --show-labels'],
	fix:
		"Give the selector the labels of the pods, or the pods' template the labels of the selector; or deploy the workload in this " +
		'namespace.',
	refs: ['https://kubernetes.io/docs/tasks/debug/debug-application/debug-service/#does-the-service-have-any-endpointslices'],
	steps: [2],
	explains: ['headless-no-ready'],
	needs: ['services', 'pods'],
	evaluate: ({services, pods}) =>
		services
			.filter(service => hasSelector(service) && podsOf(service, pods).length === 0)
			.map((service): Finding => {
				const selector = service.spec?.selector ?? {};
				const there = podsIn(service.metadata?.namespace, pods);
				const nearest = there
					.map(pod => ({pod, like: likeness(selector, pod.metadata?.labels)}))
					.filter(({like}) => like > 0)
					.toSorted((a, b) => b.like - a.like)[0]?.pod;
				const elsewhere = pods.find(
					pod =>
						pod.metadata?.namespace !== service.metadata?.namespace &&
						Object.entries(selector).every(([key, value]) => pod.metadata?.labels?.[key] === value),
				);
				const labels = nearest?.metadata?.labels ?? {};
				const wrong = Object.entries(selector).filter(([key, value]) => labels[key] !== value);
				return {
					about: aboutService(service),
					summary:
						`the selector ${labelsText(selector)} of Service ${fullName(service)} fits none of the ` +
						`${counted(there.length, 'pod')} in its namespace`,
					evidence: [
						{from: `${aboutService(service)} .spec.selector`, text: labelsText(selector)},
						...(nearest
							? [
									{
										from: `nearest pod ${fullName(nearest)} .metadata.labels`,
										text: labelsText(ownLabels(nearest.metadata?.labels)),
									},
								]
							: [{from: `pods of ${service.metadata?.namespace}`, text: someOf(there.map(fullName)) || 'none'}]),
						...(elsewhere ? [{from: `pod of another namespace that it would fit`, text: fullName(elsewhere)}] : []),
					],
					fix: nearest
						? 'change ' +
							wrong
								.map(
									([key, value]) =>
										`${key}=${value} to ${key in labels ? `${key}=${labels[key]}` : 'a label that the pods have'}`,
								)
								.join(', ') +
							' in the selector, or give the pods these labels'
						: elsewhere
							? `the pods are in namespace ${elsewhere.metadata?.namespace}: a Service selects in its own namespace ` +
								'only, so move it there'
							: 'deploy the pods that the selector is meant for',
					verify: [
						kubectl(
							'get',
							'pods',
							{metadata: {namespace: service.metadata?.namespace ?? '', name: ''}},
							`-l ${labelsText(selector)}`,
						),
					],
				};
			}),
});
