import {rule, type Finding} from '../rule.ts';
import {aboutService, fullName, kubectl, secondsSince} from '../views/objects.ts';

const GONE_SECONDS = 300;

export default rule({
	title: 'A Service that is deleted goes away',
	severity: 'warning',
	layer: 'lb',
	why:
		'A finalizer keeps the object until a controller has taken its load balancer down. Where that controller is gone or fails, ' +
		'the Service stays, is still served, and its namespace cannot be deleted.',
	verify: ['kubectl -n NAMESPACE get service NAME -o jsonpath={.metadata.finalizers}'],
	fix: 'Bring the controller back; where it will never come, remove the finalizer and the load balancer by hand.',
	refs: ['https://kubernetes.io/docs/tasks/access-application-cluster/create-external-load-balancer/#garbage-collecting-load-balancers'],
	steps: [28],
	ofGoing: true,
	needs: ['services'],
	evaluate: ({services, atMs}) =>
		services
			.filter(
				({metadata}) => metadata?.deletionTimestamp !== undefined && secondsSince(metadata.deletionTimestamp, atMs) > GONE_SECONDS,
			)
			.map((service): Finding => ({
				about: aboutService(service),
				summary:
					`Service ${fullName(service)} has been deleted ` +
					`${Math.floor(secondsSince(service.metadata?.deletionTimestamp, atMs) / 60)} minutes ago and is still there: ` +
					`${(service.metadata?.finalizers ?? []).join(', ')}`,
				evidence: [{from: `${aboutService(service)} .metadata.finalizers`, text: (service.metadata?.finalizers ?? []).join(', ')}],
				fix: 'bring the controller of the finalizer back',
				verify: [kubectl('get', 'service', service, '-o yaml')],
			})),
});
