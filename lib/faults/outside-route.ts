import {outsideRoutes} from '../change/outside-routes.ts';
import {ofFamily} from '../ip.ts';
import type {Testbed} from '../testbed/testbed.ts';
import {firstOf} from './tools/choices.ts';
import {FaultError, type ClusterFault, type Plan} from './tools/fault.ts';

const plan = async ({kube, namespace, family, outside, workers}: Testbed): Promise<Plan> => {
	if (!outside) throw new FaultError('there is no host outside that could have a route');
	const {items} = await kube.core.listNamespacedService({namespace});
	const ip = firstOf(
		items.flatMap(({spec}) => ofFamily(spec?.externalIPs ?? [], family) ?? []),
		`no external IP in ${namespace}`,
	);
	const {make, undo} = outsideRoutes(outside, new Map([[ip, workers[0].ip]]));
	return {inject: make, undo};
};

const fault: ClusterFault = {
	title: 'somebody leads the host outside to an external IP, by a node',
	layer: 'link',
	on: 'cluster',
	when: 'settled',
	applies: () => ({ok: true, how: 'a route'}),
	plan,
};

export default fault;
