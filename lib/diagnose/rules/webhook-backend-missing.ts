import {rule, type Finding} from '../rule.ts';
import {brokenCallback} from '../views/callbacks.ts';

export default rule({
	title: 'The Services behind admission webhooks answer',
	severity: 'error',
	layer: 'endpoints',
	why:
		'Where the Service of a webhook with failurePolicy Fail has no endpoint, the API server refuses the objects that it is asked ' +
		'about: pods are not created, so the endpoints of others are not replaced either.',
	verify: [
		'kubectl get validatingwebhookconfigurations,mutatingwebhookconfigurations',
		'kubectl -n NAMESPACE get endpointslices -l kubernetes.io/service-name=NAME',
	],
	fix: 'Bring the Service up, or delete the configuration of a webhook that is not used any more.',
	refs: ['https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#failure-policy'],
	steps: [2],
	needs: ['validatingWebhooks', 'mutatingWebhooks', 'services', 'slices'],
	evaluate: ({validatingWebhooks, mutatingWebhooks, services, slices}) =>
		[...validatingWebhooks, ...mutatingWebhooks].flatMap(({metadata, webhooks = []}) =>
			webhooks.flatMap(({name, failurePolicy = 'Fail', clientConfig}): readonly Finding[] => {
				const service = clientConfig?.service;
				const why = service && brokenCallback({...service, port: service.port ?? 443}, services, slices);
				if (why === undefined) return [];
				return [
					{
						about: `webhook ${metadata?.name}`,
						severity: failurePolicy === 'Fail' ? 'error' : 'warning',
						summary: `webhook ${name} of ${metadata?.name} cannot be called (failurePolicy ${failurePolicy}): ${why}`,
						evidence: [{from: `${metadata?.name} .webhooks[${name}].clientConfig.service`, text: JSON.stringify(service)}],
						fix: 'bring the Service up, or delete the webhook configuration',
						verify: [`kubectl get validatingwebhookconfigurations,mutatingwebhookconfigurations ${metadata?.name} -o yaml`],
					},
				];
			}),
		),
});
