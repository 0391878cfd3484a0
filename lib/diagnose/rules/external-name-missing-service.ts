import {rule, type Finding} from '../rule.ts';
import {aboutService, fullName, isExternalName, kubectl} from '../views/objects.ts';

const OWN = /^([a-z\d-]+)\.([a-z\d-]+)\.svc(?:\..+)?$/;

export default rule({
	title: 'An externalName of the cluster is that of a Service that exists',
	severity: 'error',
	layer: 'dns',
	why:
		'An ExternalName that points at NAME.NAMESPACE.svc is an alias of another Service. Where that is gone, the name resolves to ' +
		'nothing.',
	verify: ['kubectl -n NAMESPACE get service NAME -o jsonpath={.spec.externalName}'],
	fix: 'Point it at a Service that exists, or delete the alias.',
	refs: ['https://kubernetes.io/docs/concepts/services-networking/service/#externalname'],
	steps: [1, 15],
	needs: ['services'],
	evaluate: ({services}) => {
		const names = new Set(services.map(fullName));
		return services.filter(isExternalName).flatMap((service): readonly Finding[] => {
			const [, name, namespace] = OWN.exec((service.spec?.externalName ?? '').replace(/\.$/, '')) ?? [];
			if (name === undefined || names.has(`${namespace}/${name}`)) return [];
			return [
				{
					about: aboutService(service),
					summary: `Service ${fullName(service)} is an alias of Service ${namespace}/${name}, which does not exist`,
					evidence: [{from: `${aboutService(service)} .spec.externalName`, text: service.spec?.externalName ?? ''}],
					fix: `make Service ${namespace}/${name}, or point the alias elsewhere`,
					verify: [kubectl('get', 'service', {metadata: {namespace: namespace ?? '', name}})],
				},
			];
		});
	},
});
