import {isReadyEndpoint} from '../../model/service-slices.ts';
import {notApplicable, rule, type Finding} from '../rule.ts';
import {dnsService, isDnsPod} from '../views/dns.ts';
import {allEndpoints} from '../views/endpoints.ts';
import {aboutService, fullName, podLine} from '../views/objects.ts';
import {stuckContainer} from '../views/pod-state.ts';

export default rule({
	title: 'The DNS server of the cluster has a ready endpoint',
	severity: 'error',
	layer: 'dns',
	why: 'With no ready DNS server no name resolves in any pod: everything that speaks to a Service by name fails.',
	verify: ['kubectl -n kube-system get pods -l k8s-app=kube-dns', 'kubectl -n kube-system logs -l k8s-app=kube-dns'],
	fix: 'Bring CoreDNS up: its log names a wrong Corefile, a forwarding loop, or an API server that it does not reach.',
	refs: ['https://kubernetes.io/docs/tasks/administer-cluster/dns-debugging-resolution/'],
	steps: [35],
	explains: ['no-ready-pods', 'pods-crash-looping', 'pods-pending', 'selector-matches-nothing', 'only-terminating-endpoints'],
	needs: ['services', 'slices', 'pods'],
	evaluate({services, slices, pods}) {
		const service = dnsService(services);
		if (!service) return notApplicable('there is no DNS Service');
		if (allEndpoints(service, slices).some(isReadyEndpoint)) return [];
		const servers = pods.filter(isDnsPod);
		const [first] = servers;
		const stuck = first && stuckContainer(first);
		const finding: Finding = {
			about: aboutService(service),
			summary:
				`no DNS server is ready: Service ${fullName(service)} has no ready endpoint ` +
				`(${servers.length === 0 ? 'no pod' : `${servers.length} pods`} of k8s-app=kube-dns)`,
			evidence: [
				{from: `EndpointSlices of ${fullName(service)}`, text: '0 ready'},
				...(first
					? [
							{
								from: `pod ${fullName(first)} .status`,
								text: stuck ? `${stuck.reason}: ${stuck.message}` : (first.status?.phase ?? ''),
							},
						]
					: []),
			],
			fix: servers.length === 0 ? 'scale the deployment coredns up again' : 'look into the log of CoreDNS',
			verify: ['kubectl -n kube-system get deployment coredns', ...(first ? [podLine('logs', first)] : [])],
		};
		return [finding];
	},
});
