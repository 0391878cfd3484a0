import {hostPortsOf} from '../../model/host-ports.ts';
import {isOver} from '../../model/pods.ts';
import {rule, type Finding} from '../rule.ts';
import {aboutService, fullName, kubectl, someOf} from '../views/objects.ts';

export default rule({
	title: 'A NodePort is no host port of a pod',
	severity: 'error',
	layer: 'rules',
	why:
		"The rules of a NodePort and of a host port catch the same packets; kube-proxy's or the CNI's come first, so on that node " +
		"one of the two never gets any. A pod in the node's network cannot be reached there at all.",
	verify: [
		'kubectl get pods -A -o jsonpath={range .items[*]}{.metadata.namespace}/{.metadata.name} ' +
			'{.spec.containers[*].ports[*].hostPort}{"\\n"}{end} | grep PORT',
	],
	fix: 'Give one of them another port; host ports are best below 30000.',
	refs: ['https://kubernetes.io/docs/concepts/services-networking/service/#type-nodeport'],
	steps: [33],
	needs: ['services', 'pods'],
	evaluate: ({services, pods}) => {
		const taken = Map.groupBy(
			pods.filter(pod => !isOver(pod)).flatMap(pod => hostPortsOf(pod)),
			({hostPort, protocol}) => `${hostPort}/${protocol}`,
		);
		return services.flatMap(service =>
			(service.spec?.ports ?? []).flatMap(({nodePort, protocol = 'TCP'}): readonly Finding[] => {
				const holders = nodePort ? (taken.get(`${nodePort}/${protocol}`) ?? []) : [];
				const [first] = holders;
				if (!first) return [];
				const nodes = [...new Set(holders.map(({pod}) => pod.spec?.nodeName ?? 'no node yet'))];
				return [
					{
						about: aboutService(service),
						summary:
							`NodePort ${nodePort}/${protocol} of Service ${fullName(service)} is also the host port of pod ` +
							`${fullName(first.pod)} on ${someOf(nodes)}`,
						evidence: [
							{from: `${aboutService(service)} .spec.ports[].nodePort`, text: `${nodePort}`},
							{
								from: `pod ${fullName(first.pod)} .spec.containers[].ports[].hostPort`,
								text: `${first.hostPort}${first.pod.spec?.hostNetwork ? ' (hostNetwork)' : ''}`,
							},
						],
						fix: 'give the pod another host port, or the Service another nodePort',
						verify: [kubectl('get', 'pod', first.pod, '-o wide'), kubectl('get', 'service', service)],
					},
				];
			}),
		);
	},
});
