import {hasSelector} from '../../model/service-slices.ts';
import {rule, type Finding} from '../rule.ts';
import {isControllers, usedSlices} from '../views/endpoints.ts';
import {aboutService, fullName, kubectl} from '../views/objects.ts';

const quoted = (names: readonly string[]): string => names.map(name => (name === '' ? '(unnamed)' : name)).join(', ') || 'none';

export default rule({
	title: 'The ports of a slice that somebody made have the names of the ports of the Service',
	severity: 'error',
	layer: 'endpoints',
	why:
		'A port of a Service takes the endpoints of the slice port of the same name (an unnamed one that of no name), with the same ' +
		'protocol. A slice whose names are others is there and is not used.',
	verify: [
		'kubectl -n NAMESPACE get service NAME -o jsonpath={.spec.ports[*].name}',
		'kubectl -n NAMESPACE get endpointslices -l kubernetes.io/service-name=NAME -o jsonpath={.items[*].ports}',
	],
	fix: 'Give the ports of the slice the names of the ports of the Service.',
	refs: ['https://kubernetes.io/docs/concepts/services-networking/service/#services-without-selectors'],
	steps: [11],
	needs: ['services', 'slices'],
	evaluate: ({services, slices}) =>
		services
			.filter(service => !hasSelector(service))
			.flatMap((service): readonly Finding[] => {
				const own = usedSlices(service, slices).filter(slice => !isControllers(slice));
				const given = own.flatMap(({ports}) => ports ?? []).map(({name, protocol = 'TCP'}) => `${name ?? ''}/${protocol}`);
				const unserved = (service.spec?.ports ?? []).filter(
					({name = '', protocol = 'TCP'}) => !given.includes(`${name}/${protocol}`),
				);
				if (own.length === 0 || unserved.length === 0) return [];
				const [slice] = own;
				return [
					{
						about: aboutService(service),
						summary:
							`no EndpointSlice of Service ${fullName(service)} has a port named ` +
							`${quoted(unserved.map(({name = ''}) => name))}, only ` +
							`${quoted(own.flatMap(({ports}) => ports ?? []).map(({name}) => name ?? ''))}`,
						evidence: [
							{
								from: `${aboutService(service)} .spec.ports`,
								text: (service.spec?.ports ?? [])
									.map(({name = '', port, protocol = 'TCP'}) => `${name || '(unnamed)'} ${port}/${protocol}`)
									.join(', '),
							},
							...own.map(each => ({
								from: `EndpointSlice ${fullName(each)} .ports`,
								text: (each.ports ?? [])
									.map(({name, port, protocol = 'TCP'}) => `${name || '(unnamed)'} ${port}/${protocol}`)
									.join(', '),
							})),
						],
						fix: `name the port of the slice ${quoted(unserved.map(({name = ''}) => name))}, with the protocol of the Service`,
						verify: slice ? [kubectl('get', 'endpointslice', slice, '-o jsonpath={.ports}')] : [],
					},
				];
			}),
});
