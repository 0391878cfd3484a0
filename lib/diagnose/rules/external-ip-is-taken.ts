import {rule, type Finding} from '../rule.ts';
import {clusterIpsOf, externalIpsOf, nodeIps} from '../views/addresses.ts';
import {aboutService, fullName, kubectl} from '../views/objects.ts';

export default rule({
	title: "An external IP is nobody else's address",
	severity: 'error',
	layer: 'rules',
	why:
		'kube-proxy takes every packet for an external IP and its port, wherever it goes. An address of another Service is hijacked, ' +
		"the DNS server's for one; an address of a node loses what listens there, and in ipvs mode the node itself.",
	verify: ['kubectl get services -A -o jsonpath={range .items[*]}{.metadata.namespace}/{.metadata.name} {.spec.externalIPs}{"\\n"}{end}'],
	fix:
		'Use an address that is routed to the nodes and belongs to nobody; forbid the field by an admission policy where it is not ' +
		'needed.',
	refs: [
		'https://kubernetes.io/docs/concepts/services-networking/service/#external-ips',
		'https://github.com/kubernetes/kubernetes/issues/97076',
	],
	steps: [32],
	needs: ['services', 'nodes'],
	evaluate: ({services, nodes}) => {
		const clusterIps = new Map(services.flatMap(service => clusterIpsOf(service).map(ip => [ip, service] as const)));
		const ofNodes = nodeIps(nodes);
		return services.flatMap(service =>
			externalIpsOf(service).flatMap((ip): readonly Finding[] => {
				const other = clusterIps.get(ip);
				const node = ofNodes.get(ip);
				if (!node && (!other || other === service)) return [];
				return [
					{
						about: aboutService(service),
						severity: other && other !== service ? 'error' : 'warning',
						summary:
							other && other !== service
								? `the external IP ${ip} of Service ${fullName(service)} is the ClusterIP of ${fullName(other)}: ` +
									'it takes its traffic away'
								: `the external IP ${ip} of Service ${fullName(service)} is the address of node ` +
									`${node?.metadata?.name}: what listens there on its ports is not reached any more`,
						evidence: [{from: `${aboutService(service)} .spec.externalIPs`, text: ip}],
						fix: 'take the address out of externalIPs',
						verify: [kubectl('get', 'service', service, '-o jsonpath={.spec.externalIPs}')],
					},
				];
			}),
		);
	},
});
