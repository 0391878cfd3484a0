import {rule, type Finding} from '../rule.ts';
import {aboutService, fullName, kubectl, portText} from '../views/objects.ts';

export default rule({
	title: 'A targetPort that is a number is not written as a text',
	severity: 'error',
	layer: 'endpoints',
	why:
		'In quotes a number is a name, and no container port has a name of digits alone (a name needs a letter). API servers refuse ' +
		'such a Service; one that was written past their validation, or by an old or other API, has no endpoints for this port, and ' +
		'nothing says so.',
	verify: ['kubectl -n NAMESPACE get service NAME -o jsonpath={.spec.ports[*].targetPort}   # then -o yaml: quotes around it?'],
	fix: 'Write the targetPort without quotes; in a Helm template: `targetPort: {{ .Values.port }}` rather than `| quote`.',
	refs: ['https://kubernetes.io/docs/tasks/debug/debug-application/debug-service/#is-the-service-defined-correctly'],
	steps: [8, 9],
	explains: ['headless-no-ready', 'internal-policy-without-local-endpoints', 'external-policy-without-local-endpoints'],
	needs: ['services'],
	evaluate: ({services}) =>
		services.flatMap(service =>
			(service.spec?.ports ?? []).flatMap((port): readonly Finding[] => {
				const {targetPort} = port;
				if (typeof targetPort !== 'string' || !/^\d+$/.test(targetPort)) return [];
				return [
					{
						about: aboutService(service),
						summary:
							`the targetPort "${targetPort}" of port ${portText(port)} of Service ${fullName(service)} is in quotes, so ` +
							'it is taken for the name of a port, and no name is all digits',
						evidence: [{from: `${aboutService(service)} .spec.ports[].targetPort`, text: JSON.stringify(targetPort)}],
						fix: `write targetPort: ${targetPort}, without quotes`,
						verify: [kubectl('get', 'service', service, '-o yaml | grep targetPort')],
					},
				];
			}),
		),
});
