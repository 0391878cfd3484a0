import {isObject, number, part, text} from '../../facts/parse/json.ts';
import {rule, type Finding} from '../rule.ts';
import {brokenCallback} from '../views/callbacks.ts';

export default rule({
	title: 'The Services behind aggregated APIs answer',
	severity: 'error',
	layer: 'endpoints',
	why:
		'An APIService hands a group of the API to a Service. Where that has no endpoint, kubectl is slow or fails for this group ' +
		'(metrics, custom metrics), and namespaces do not go away.',
	verify: ['kubectl get apiservices | grep False'],
	fix: 'Bring the Service up, or delete the APIService of what is not installed any more.',
	refs: ['https://kubernetes.io/docs/concepts/extend-kubernetes/api-extension/apiserver-aggregation/'],
	steps: [2],
	needs: ['apiServices', 'services', 'slices'],
	evaluate: ({apiServices, services, slices}) =>
		apiServices.flatMap(({metadata, spec = {}}): readonly Finding[] => {
			if (!isObject(spec['service'])) return [];
			const service = part(spec, 'service');
			const callback = {
				namespace: text(service['namespace']) ?? '',
				name: text(service['name']) ?? '',
				port: number(service['port']) ?? 443,
			};
			const why = brokenCallback(callback, services, slices);
			if (why === undefined) return [];
			return [
				{
					about: `APIService ${metadata?.name}`,
					summary: `the API ${metadata?.name} does not answer: ${why}`,
					evidence: [{from: `APIService ${metadata?.name} .spec.service`, text: JSON.stringify(service)}],
					fix: 'bring the Service up, or delete the APIService',
					verify: [`kubectl get apiservice ${metadata?.name} -o yaml`],
				},
			];
		}),
});
