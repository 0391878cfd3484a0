import {rule, type Finding} from '../rule.ts';
import {fullName, kubectl, portText} from '../views/objects.ts';

export default rule({
	title: 'The backends of an Ingress are Services and ports that exist',
	severity: 'error',
	layer: 'api',
	why:
		'An Ingress names a Service of its own namespace and one of its ports. Where either does not exist, the controller answers ' +
		'503 or 404 for the path, or leaves the whole Ingress out.',
	verify: ['kubectl -n NAMESPACE describe ingress NAME', 'kubectl -n NAMESPACE get services'],
	fix: 'Correct the name or the port of the backend: the port of the Service, not that of the pods.',
	refs: ['https://kubernetes.io/docs/concepts/services-networking/ingress/'],
	steps: [1, 9],
	needs: ['ingresses', 'services'],
	evaluate({ingresses, services}) {
		const byName = new Map(services.map(service => [fullName(service), service]));
		return ingresses.flatMap(ingress => {
			const backends = [
				...(ingress.spec?.defaultBackend ? [ingress.spec.defaultBackend] : []),
				...(ingress.spec?.rules ?? []).flatMap(({http}) => (http?.paths ?? []).map(({backend}) => backend)),
			].flatMap(({service}) => (service ? [service] : []));
			const seen = new Set<string>();
			return backends.flatMap(({name, port}): readonly Finding[] => {
				const wanted = port?.name ?? port?.number;
				const service = byName.get(`${ingress.metadata?.namespace}/${name}`);
				const has =
					service?.spec?.ports?.some(each => each.name === wanted || each.port === wanted) === true || wanted === undefined;
				const key = `${name}:${wanted}`;
				if ((service && (has || service.spec?.type === 'ExternalName')) || seen.has(key)) return [];
				seen.add(key);
				return [
					{
						about: `Ingress ${fullName(ingress)}`,
						summary: service
							? `Ingress ${fullName(ingress)} leads to port ${wanted} of Service ${fullName(service)}, which has ` +
								`${(service.spec?.ports ?? []).map(portText).join(', ')}`
							: `Ingress ${fullName(ingress)} leads to Service ${name}, which does not exist in its namespace`,
						evidence: [{from: `Ingress ${fullName(ingress)} backend`, text: key}],
						fix: service ? 'name a port of the Service' : `make Service ${name}, or correct the name`,
						verify: [kubectl('describe', 'ingress', ingress)],
					},
				];
			});
		});
	},
});
