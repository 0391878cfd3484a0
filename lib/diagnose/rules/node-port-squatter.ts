import {rule, type Finding} from '../rule.ts';
import {aboutService, fullName} from '../views/objects.ts';
import {seenNodes, seenOn} from '../views/nodes.ts';

export default rule({
	title: 'Nobody else listens on a NodePort or a health port',
	severity: 'warning',
	layer: 'rules',
	why:
		'A program that listens on the number of a NodePort is not reached from outside, for the rules take its packets; on a health ' +
		'port it answers the load balancer in the place of kube-proxy.',
	verify: ['ss -ltnup sport = :PORT   # on the node'],
	fix: 'Move the program to another port.',
	refs: ['https://kubernetes.io/docs/concepts/services-networking/service/#type-nodeport'],
	steps: [60, 33],
	looks: ['listeners'],
	needs: ['nodeEvidence', 'services'],
	evaluate: ({nodeEvidence, services}) =>
		seenNodes(nodeEvidence).flatMap(node => {
			const {listeners} = node.facts;
			if (!listeners.ok) return [];
			return services.flatMap(service =>
				[
					...(service.spec?.ports ?? []).flatMap(({nodePort, protocol = 'TCP'}) =>
						nodePort ? [{port: nodePort, protocol, what: 'NodePort'}] : [],
					),
					...(service.spec?.healthCheckNodePort
						? [{port: service.spec.healthCheckNodePort, protocol: 'TCP', what: 'health port'}]
						: []),
				].flatMap(({port, protocol, what}): readonly Finding[] => {
					const other = listeners.value.listeners.find(
						one =>
							one.port === port &&
							one.protocol === protocol.toLowerCase() &&
							one.processes.length > 0 &&
							!one.processes.some(({name}) => name === 'kube-proxy'),
					);
					if (!other) return [];
					return [
						{
							about: aboutService(service),
							summary:
								`${other.processes[0]?.name} on ${node.name} listens on ${port}/${protocol}, the ${what} of Service ` +
								`${fullName(service)}`,
							evidence: [
								{
									from: seenOn(node, 'ss'),
									text:
										`${other.protocol} ${other.address}:${other.port} ` +
										`${other.processes.map(({name, pid}) => `${name} (${pid})`).join(', ')}`,
								},
							],
							fix: 'move that program to another port',
							verify: [`ss -ltnup sport = :${port}`],
						},
					];
				}),
			);
		}),
});
