import {SERVICE_NAME} from '../../model/service-slices.ts';
import {rule, type Finding} from '../rule.ts';
import {isControllers} from '../views/endpoints.ts';
import {aboutSlice, fullName, kubectl} from '../views/objects.ts';

export default rule({
	title: 'An EndpointSlice that somebody made names a Service that exists',
	severity: 'error',
	layer: 'endpoints',
	why:
		'kube-proxy finds the endpoints of a Service by the label kubernetes.io/service-name of the slices. A slice without it, or ' +
		'with the name of no Service in its namespace, is used by nobody.',
	verify: ['kubectl -n NAMESPACE get endpointslices -L kubernetes.io/service-name'],
	fix: 'Give the slice the label kubernetes.io/service-name with the exact name of the Service, in the same namespace.',
	refs: ['https://kubernetes.io/docs/concepts/services-networking/endpoint-slices/#ownership'],
	steps: [11],
	needs: ['services', 'slices'],
	evaluate: ({services, slices}) => {
		const names = new Set(services.map(fullName));
		return slices
			.filter(slice => !isControllers(slice) && !names.has(`${slice.metadata?.namespace}/${slice.metadata?.labels?.[SERVICE_NAME]}`))
			.map((slice): Finding => {
				const label = slice.metadata?.labels?.[SERVICE_NAME];
				return {
					about: aboutSlice(slice),
					summary:
						label === undefined
							? `EndpointSlice ${fullName(slice)} has no label ${SERVICE_NAME}, so no Service uses its endpoints`
							: `EndpointSlice ${fullName(slice)} is for the Service ${label}, which does not exist in its namespace`,
					evidence: [{from: `${aboutSlice(slice)} .metadata.labels[${SERVICE_NAME}]`, text: label ?? '<none>'}],
					fix: `set the label ${SERVICE_NAME} to the name of the Service that it is for, or delete the slice`,
					verify: [kubectl('get', 'endpointslice', slice, '--show-labels')],
				};
			});
	},
});
