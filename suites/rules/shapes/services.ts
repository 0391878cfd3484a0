import type {V1EndpointSlice, V1Service} from '@kubernetes/client-node';
import {minorOf} from '../../../lib/target.ts';
import {shapes, SHAPE_APPS} from './shapes.ts';
import type {Testbed} from '../../../lib/testbed/testbed.ts';
import {echoPods, neverReadyPods, type EchoPod} from '../../../lib/testbed/workloads.ts';

const inFamily = ({family}: Testbed, {metadata, spec}: V1Service): V1Service => ({
	metadata: {...metadata},
	spec: {
		...spec,
		...(spec?.type !== 'ExternalName' && {ipFamilyPolicy: 'SingleStack', ipFamilies: [family === 'ipv6' ? 'IPv6' : 'IPv4']}),
	},
});

/** Starts the pods that the shapes select. */
export const shapePods = async (testbed: Testbed): Promise<readonly EchoPod[]> =>
	(
		await Promise.all(
			SHAPE_APPS.map(async ({app, replicas, ready}) => (ready ? echoPods : neverReadyPods)(testbed, {name: app, replicas})),
		)
	).flat();

/**
 * Makes Services of every shape for these pods, with hand-made EndpointSlices, all of the testbed's family, in its namespace; answers their
 * names. `minor`: of the oldest kube-proxy that will have them.
 */
export const makeShapes = async (
	testbed: Testbed,
	seed: number,
	count: number,
	pods: readonly EchoPod[],
	minor = minorOf(testbed.cluster.target.version),
): Promise<readonly string[]> => {
	const {family, kube, namespace, nodes} = testbed;
	const {services, slices, ingress} = shapes(seed, count, {
		family,
		nodes: nodes.map(({name}) => ({name})),
		pods,
		minor,
	});
	const made = await Promise.all(
		services.map(async service => kube.core.createNamespacedService({namespace, body: inFamily(testbed, service)})),
	);
	await Promise.all([
		...slices.map(async (body: V1EndpointSlice) => kube.discovery.createNamespacedEndpointSlice({namespace, body})),
		// No controller gives these load balancers their addresses: we are it.
		...made.flatMap(service => {
			const name = service.metadata?.name ?? '';
			const addresses = ingress.get(name);
			return addresses
				? [
						kube.core.replaceNamespacedServiceStatus({
							namespace,
							name,
							body: {...service, status: {loadBalancer: {ingress: [...addresses]}}},
						}),
					]
				: [];
		}),
	]);
	return made.map(({metadata}) => metadata?.name ?? '');
};
