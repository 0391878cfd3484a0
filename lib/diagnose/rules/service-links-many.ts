import {rule, type Finding} from '../rule.ts';
import {counted} from '../views/objects.ts';

/** Each Service is seven variables and more; with a thousand, shells fail with "argument list too long". */
const MANY = 1000;

export default rule({
	title: 'A namespace does not give its pods thousands of variables',
	severity: 'warning',
	layer: 'backend',
	why:
		'Unless enableServiceLinks is false, a new pod gets variables for every Service of its namespace. With thousands of Services ' +
		'starting a program fails (argument list too long), and all starts are slow.',
	verify: ['kubectl -n NAMESPACE get services --no-headers | wc -l'],
	fix: 'Set enableServiceLinks: false in the pods.',
	refs: ['https://kubernetes.io/docs/tutorials/services/connect-applications-service/#accessing-the-service'],
	steps: [39],
	needs: ['services', 'pods'],
	evaluate({services, pods}): readonly Finding[] {
		const linked = new Set(pods.filter(({spec}) => spec?.enableServiceLinks !== false).map(({metadata}) => metadata?.namespace));
		return [...Map.groupBy(services, ({metadata}) => metadata?.namespace ?? '')]
			.filter(([namespace, those]) => those.length >= MANY && linked.has(namespace))
			.map(([namespace, those]) => ({
				about: `Namespace ${namespace}`,
				summary: `new pods of ${namespace} get variables for ${counted(those.length, 'Service')}`,
				evidence: [{from: `Services of ${namespace}`, text: `${those.length}`}],
				fix: 'set enableServiceLinks: false in the pod templates of this namespace',
				verify: [`kubectl -n ${namespace} get services --no-headers | wc -l`],
			}));
	},
});
