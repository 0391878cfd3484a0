import {rule, type Finding} from '../rule.ts';
import {secondsSince} from '../views/objects.ts';

const LATELY_SECONDS = 3600;
/** What other rules tell of with more. */
const TOLD = ['FailedToStartServiceHealthcheck'];
/**
 * The API server's repair loops say so of what they write down anew at once (pkg/registry/core/service/{ipallocator,portallocator}
 * /controller): of a Service that is seconds old it means that one of their caches was late.
 */
const MENDED = ['ClusterIPNotAllocated', 'PortNotAllocated'];
/** A repair that is made again and again does not last. */
const LASTING_REPAIRS = 3;

export default rule({
	title: 'No controller complains about a Service',
	severity: 'warning',
	layer: 'api',
	why:
		'Controllers tell what they cannot do for a Service by events: no load balancer, no free address, a port that is taken. ' +
		'Events are kept for an hour.',
	verify: ['kubectl get events -A --field-selector type=Warning,involvedObject.kind=Service'],
	fix: 'Mend what the event names.',
	refs: ['https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/event-v1/'],
	steps: [28, 60],
	needs: ['events'],
	evaluate({events, atMs}): readonly Finding[] {
		const own = events.filter(
			({involvedObject, reason = '', lastTimestamp, eventTime, count = 1, series}) =>
				involvedObject.kind === 'Service' &&
				!TOLD.includes(reason) &&
				!(MENDED.includes(reason) && (series?.count ?? count) < LASTING_REPAIRS) &&
				secondsSince(lastTimestamp ?? (eventTime as unknown as string | undefined), atMs) < LATELY_SECONDS,
		);
		return [...Map.groupBy(own, ({involvedObject: {namespace, name}, reason}) => `${namespace}/${name} ${reason}`).values()].flatMap(
			those => {
				const last = those.at(-1);
				if (!last) return [];
				const {namespace, name} = last.involvedObject;
				return [
					{
						about: `Service ${namespace}/${name}`,
						confidence: 'likely' as const,
						summary:
							`${last.source?.component ?? last.reportingComponent ?? 'a controller'} says of Service ` +
							`${namespace}/${name}: ${last.reason}`,
						evidence: [{from: `event ${last.reason}`, text: last.message ?? ''}],
						fix: 'mend what the event names',
						verify: [`kubectl -n ${namespace} describe service ${name}`],
					},
				];
			},
		);
	},
});
