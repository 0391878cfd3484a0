import {canonicalIp} from '../../model/address.ts';
import {podIp} from '../../model/pods.ts';
import {rule, type Finding} from '../rule.ts';
import {endpointsOf, familiesOf, slicesFor} from '../views/endpoints.ts';
import {aboutService, fullName, secondsSince, someOf, listSlices} from '../views/objects.ts';
import {readyPods} from '../views/pod-state.ts';
import {backed} from '../views/services.ts';

/** The controller follows within a second or two, a busy one within half a minute. */
const FOLLOWS_SECONDS = 30;

export default rule({
	title: 'Every pod that is ready and selected is in an EndpointSlice',
	severity: 'error',
	layer: 'endpoints',
	why:
		'The EndpointSlice controller of kube-controller-manager writes the slices. Where pods have been ready for a while and are ' +
		'in none, it is not at work: every Service of the cluster stands still at its last endpoints.',
	verify: [
		'kubectl -n kube-system get pods -l component=kube-controller-manager',
		'kubectl -n kube-system get lease kube-controller-manager',
	],
	fix: 'Make kube-controller-manager run, and look into its log.',
	refs: ['https://kubernetes.io/docs/concepts/services-networking/endpoint-slices/'],
	steps: [11],
	needs: ['services', 'slices', 'pods'],
	evaluate: ({services, slices, pods, atMs}) =>
		backed(services, pods).flatMap(({service, pods: own}): readonly Finding[] => {
			const families = familiesOf(service);
			const held = new Set(
				endpointsOf(slicesFor(service, slices)).flatMap(({addresses}) => addresses.map(ip => canonicalIp(ip) ?? ip)),
			);
			const missing = readyPods(own).filter(pod => {
				const ip = podIp(pod, families[0] === 'IPv6' ? 'ipv6' : 'ipv4');
				const since = pod.status?.conditions?.find(({type}) => type === 'Ready')?.lastTransitionTime;
				return (
					ip !== undefined &&
					!held.has(ip) &&
					secondsSince(since, atMs) > FOLLOWS_SECONDS &&
					secondsSince(service.metadata?.creationTimestamp, atMs) > FOLLOWS_SECONDS
				);
			});
			// Where a named port is missing too, the controller leaves the address out of the slice for good reason.
			const named = (service.spec?.ports ?? []).some(({targetPort}) => typeof targetPort === 'string');
			if (missing.length === 0 || named) return [];
			return [
				{
					about: aboutService(service),
					confidence: 'likely',
					summary: `no EndpointSlice of Service ${fullName(service)} holds the ready pods ${someOf(missing.map(fullName))}`,
					evidence: missing.slice(0, 3).map(pod => ({from: `pod ${fullName(pod)} .status`, text: `Ready, ${pod.status?.podIP}`})),
					fix: 'look whether kube-controller-manager runs: it writes the slices',
					verify: [listSlices(service), 'kubectl -n kube-system get lease kube-controller-manager'],
				},
			];
		}),
});
