import {provesRules} from './fixtures/prove.ts';
import {ago, event, plain, pod, podsNamed, policy, service, serviceOf, sliceOf, type World} from './fixtures/world.ts';

const only = (world: World, name: string): void => {
	const slice = sliceOf(world);
	slice.endpoints = slice.endpoints!.filter(({targetRef}) => targetRef?.name === name);
};
const balanced = (world: World, ip = '203.0.113.7'): void => {
	Object.assign(serviceOf(world).spec, {type: 'LoadBalancer'});
	serviceOf(world).status = {loadBalancer: {ingress: [{ip}]}};
};
const RANGES = ['198.51.100.0/24'];

provesRules({
	'node-port-duplicated': {
		fires(world) {
			for (const name of ['a', 'b'])
				world.services.push(
					service(name, `10.96.1.${name.charCodeAt(0)}`, {
						type: 'NodePort',
						ports: [{port: 80, nodePort: 30_080}],
						selector: {app: 'web'},
					}),
				);
		},
		quiet(world) {
			for (const [index, protocol] of ['TCP', 'UDP'].entries())
				world.services.push(
					service(`s${index}`, `10.96.1.${index}`, {
						type: 'NodePort',
						ports: [{port: 80, nodePort: 30_080, protocol}],
						selector: {app: 'web'},
					}),
				);
		},
		says: /Services shop\/a and shop\/b have the same NodePort 30080\/TCP/,
		first: true,
	},
	'node-port-taken-by-host-port': {
		fires(world) {
			Object.assign(serviceOf(world).spec, {type: 'NodePort'});
			serviceOf(world).spec.ports![0]!.nodePort = 30_080;
			world.pods.push(pod('agent-1', '10.244.1.7', {ports: [{containerPort: 80, hostPort: 30_080}]}));
		},
		quiet(world) {
			Object.assign(serviceOf(world).spec, {type: 'NodePort'});
			serviceOf(world).spec.ports![0]!.nodePort = 30_080;
			world.pods.push(pod('agent-1', '10.244.1.7', {ports: [{containerPort: 30_080}]}));
		},
		says: /NodePort 30080\/TCP of Service shop\/web is also the host port of pod shop\/agent-1/,
		first: true,
	},
	'node-port-in-ephemeral-range': {
		fires: world => void (serviceOf(world).spec.ports![0]!.nodePort = 40_000),
		quiet: world => void (serviceOf(world).spec.ports![0]!.nodePort = 30_000),
		says: /NodePort 40000 of Service shop\/web is in the range/,
	},
	'host-port-conflict': {
		fires(world) {
			const ports = [{containerPort: 80, hostPort: 8080}];
			world.pods.push(
				...['control-plane', 'worker-1', 'worker-2'].map((on, n) => pod(`agent-${n}`, `10.244.${n}.7`, {ports, node: on})),
			);
			const next = pod('agent-9', '', {ports});
			delete next.spec!.nodeName;
			next.status = {
				phase: 'Pending',
				conditions: [
					{
						type: 'PodScheduled',
						status: 'False',
						reason: 'Unschedulable',
						message: "0/3 nodes are available: 3 node(s) didn't have free ports for the requested pod ports.",
					},
				],
			};
			world.pods.push(next);
		},
		quiet(world) {
			const next = pod('agent-9', '', {ports: [{containerPort: 80, hostPort: 8080}]});
			delete next.spec!.nodeName;
			next.status = {
				phase: 'Pending',
				conditions: [
					{
						type: 'PodScheduled',
						status: 'False',
						reason: 'Unschedulable',
						message: '0/3 nodes are available: 3 Insufficient cpu.',
					},
				],
			};
			world.pods.push(next);
		},
		says: /pod shop\/agent-9 is Pending: its host port 8080\/TCP is taken by shop\/agent-0/,
		first: true,
	},
	'internal-policy-without-local-endpoints': {
		fires(world) {
			serviceOf(world).spec.internalTrafficPolicy = 'Local';
			only(world, 'web-1');
		},
		quiet(world) {
			serviceOf(world).spec.internalTrafficPolicy = 'Local';
			sliceOf(world).endpoints!.push({addresses: ['10.244.0.9'], nodeName: 'control-plane'});
		},
		says: /internalTrafficPolicy Local of Service shop\/web: pods on worker-2 do not reach it/,
	},
	'external-policy-without-local-endpoints': {
		fires(world) {
			Object.assign(serviceOf(world).spec, {type: 'NodePort', externalTrafficPolicy: 'Local'});
			only(world, 'web-1');
		},
		quiet: world => void Object.assign(serviceOf(world).spec, {externalTrafficPolicy: 'Local'}),
		says: /control-plane, worker-2 drop what comes from outside/,
	},
	'load-balancer-pending': {
		fires: world => void Object.assign(serviceOf(world).spec, {type: 'LoadBalancer'}),
		quiet(world) {
			Object.assign(serviceOf(world).spec, {type: 'LoadBalancer'});
			serviceOf(world).metadata!.creationTimestamp = ago(20);
		},
		says: /Service shop\/web of type LoadBalancer has got no address/,
		first: true,
	},
	'load-balancer-class-unknown': {
		fires: world => void Object.assign(serviceOf(world).spec, {type: 'LoadBalancer', loadBalancerClass: 'example.com/lb'}),
		quiet(world) {
			balanced(world);
			serviceOf(world).spec.loadBalancerClass = 'example.com/lb';
		},
		says: /waits for a load balancer of the class example\.com\/lb/,
		first: true,
	},
	'load-balancer-ip-shared': {
		fires(world) {
			balanced(world);
			world.services.push({
				...service('other', '10.96.0.31', {type: 'LoadBalancer', selector: {app: 'web'}}),
				status: {loadBalancer: {ingress: [{ip: '203.0.113.7'}]}},
			});
		},
		quiet(world) {
			balanced(world);
			world.services.push({
				...service('other', '10.96.0.31', {type: 'LoadBalancer', selector: {app: 'web'}, ports: [{port: 443}]}),
				status: {loadBalancer: {ingress: [{ip: '203.0.113.7'}]}},
			});
		},
		says: /Services shop\/web and shop\/other both claim 203\.0\.113\.7 80\/TCP/,
		first: true,
	},
	'source-ranges-bypassed': {
		fires(world) {
			balanced(world);
			serviceOf(world).spec.loadBalancerSourceRanges = RANGES;
			serviceOf(world).spec.ports![0]!.nodePort = 30_080;
		},
		quiet(world) {
			balanced(world);
			serviceOf(world).spec.loadBalancerSourceRanges = RANGES;
		},
		says: /the source ranges of Service shop\/web do not hold for its NodePort 30080/,
		first: true,
	},
	'source-ranges-other-family': {
		fires: world => void (serviceOf(world).spec.loadBalancerSourceRanges = ['2001:db8::/32']),
		quiet: world => void (serviceOf(world).spec.loadBalancerSourceRanges = [...RANGES, '2001:db8::/32']),
		says: /name no network of IPv4, so everybody gets in/,
	},
	'external-ip-is-taken': {
		fires: world => void (serviceOf(world).spec.externalIPs = ['10.96.0.10']),
		quiet: world => void (serviceOf(world).spec.externalIPs = ['203.0.113.9']),
		says: /is the ClusterIP of kube-system\/kube-dns: it takes its traffic/,
		first: true,
	},
	'external-ip-duplicated': {
		fires(world) {
			serviceOf(world).spec.externalIPs = ['203.0.113.9'];
			world.services.push(service('other', '10.96.0.31', {selector: {app: 'web'}, externalIPs: ['203.0.113.9']}));
		},
		quiet(world) {
			serviceOf(world).spec.externalIPs = ['203.0.113.9'];
			world.services.push(
				service('other', '10.96.0.31', {selector: {app: 'web'}, externalIPs: ['203.0.113.9'], ports: [{port: 81}]}),
			);
		},
		says: /Services shop\/web and shop\/other claim the same address and port/,
		first: true,
	},
	'external-ips-deprecated': {
		fires: world => void (serviceOf(world).spec.externalIPs = ['203.0.113.9']),
		quiet: world => void (serviceOf(world).spec.externalIPs = []),
		says: /uses externalIPs, which are deprecated/,
	},
	'health-port-taken': {
		fires: world => void world.events.push(event('Service', 'web', 'FailedToStartServiceHealthcheck', 'bind: address already in use')),
		quiet: world => void world.events.push(event('Service', 'web', 'Other', 'x')),
		says: /a kube-proxy cannot listen on the health port/,
	},
	'affinity-behind-rewriting': {
		fires: world => void Object.assign(serviceOf(world).spec, {type: 'NodePort', sessionAffinity: 'ClientIP'}),
		quiet: world =>
			void Object.assign(serviceOf(world).spec, {type: 'NodePort', sessionAffinity: 'ClientIP', externalTrafficPolicy: 'Local'}),
		says: /keeps clients by their address and takes traffic from outside/,
	},
	'affinity-floor-ipvs': {
		fires(world) {
			world.proxyConfig = 'mode: ipvs\n';
			Object.assign(serviceOf(world).spec, {sessionAffinity: 'ClientIP', sessionAffinityConfig: {clientIP: {timeoutSeconds: 5}}});
		},
		quiet: world =>
			void Object.assign(serviceOf(world).spec, {
				sessionAffinity: 'ClientIP',
				sessionAffinityConfig: {clientIP: {timeoutSeconds: 5}},
			}),
		says: /asks for an affinity of 5 s; ipvs keeps it for about 125 s/,
	},
	'zones-without-endpoints': {
		fires(world) {
			serviceOf(world).spec.trafficDistribution = 'PreferSameZone';
			only(world, 'web-1');
		},
		quiet: world => void (serviceOf(world).spec.trafficDistribution = 'PreferSameZone'),
		says: /has no endpoint in b: clients there go elsewhere/,
	},
	'ingress-backend-missing': {
		fires: world =>
			void world.ingresses.push({
				metadata: {name: 'shop', namespace: 'shop'},
				spec: {rules: [{http: {paths: [{pathType: 'Prefix', backend: {service: {name: 'web', port: {number: 8080}}}}]}}]},
			}),
		quiet: world =>
			void world.ingresses.push({
				metadata: {name: 'shop', namespace: 'shop'},
				spec: {rules: [{http: {paths: [{pathType: 'Prefix', backend: {service: {name: 'web', port: {name: 'http'}}}}]}}]},
			}),
		says: /leads to port 8080 of Service shop\/web, which has http 80\/TCP/,
		first: true,
	},
	'webhook-backend-missing': {
		fires: world =>
			void world.validatingWebhooks.push({
				metadata: {name: 'guard'},
				webhooks: [{name: 'a.b.c', clientConfig: {service: {namespace: 'guard', name: 'guard'}}}],
			}),
		quiet: world =>
			void world.validatingWebhooks.push({
				metadata: {name: 'guard'},
				webhooks: [{name: 'a.b.c', clientConfig: {service: {namespace: 'shop', name: 'web', port: 80}}}],
			}),
		says: /webhook a\.b\.c of guard cannot be called \(failurePolicy Fail\): Service guard\/guard does not exist/,
		first: true,
	},
	'api-service-backend-missing': {
		fires: world =>
			void world.apiServices.push(plain('v1beta1.metrics.k8s.io', {service: {namespace: 'kube-system', name: 'metrics-server'}})),
		quiet: world => void world.apiServices.push(plain('v1.', {}), plain('v1.x', {service: {namespace: 'shop', name: 'web', port: 80}})),
		says: /the API v1beta1\.metrics\.k8s\.io does not answer: Service kube-system\/metrics-server does not exist/,
		first: true,
	},
	'policy-blocks-clients': {
		fires: world =>
			void world.networkPolicies.push(policy('shut', {podSelector: {matchLabels: {app: 'web'}}, ingress: [{ports: [{port: 80}]}]})),
		quiet: world => void world.networkPolicies.push(policy('open', {podSelector: {}, ingress: [{ports: [{port: 'http'}]}]})),
		says: /lets nobody in on port 8080\/TCP of any backends of Service shop\/web: it names 80, which is the port of the Service/,
		first: true,
	},
	'policy-blocks-dns': {
		fires: world =>
			void world.networkPolicies.push(policy('egress', {podSelector: {}, policyTypes: ['Egress'], egress: [{ports: [{port: 443}]}]})),
		quiet: world =>
			void world.networkPolicies.push(
				policy('egress', {podSelector: {}, policyTypes: ['Egress'], egress: [{ports: [{port: 53, protocol: 'UDP'}]}]}),
			),
		says: /keeps 2 pods .* from the DNS server/,
		first: true,
	},
	'policy-not-enforced': {
		fires(world) {
			world.networkPolicies.push(policy('open', {podSelector: {}, ingress: [{}]}));
			world.daemonSets = [{metadata: {name: 'kube-flannel-ds', namespace: 'kube-flannel'}}];
		},
		quiet: world => void world.networkPolicies.push(policy('open', {podSelector: {}, ingress: [{}]})),
		says: /the network plugin kube-flannel-ds does not enforce them/,
	},
	'pod-dns-host-network': {
		fires: world => void (podsNamed(world, /^web-1/)[0]!.spec.hostNetwork = true),
		quiet: world => void Object.assign(podsNamed(world, /^web-1/)[0]!.spec, {hostNetwork: true, dnsPolicy: 'ClusterFirstWithHostNet'}),
		says: /pod shop\/web-1 is in its node's network with dnsPolicy ClusterFirst/,
	},
	'pod-dns-default': {
		fires: world => void (podsNamed(world, /^web-1/)[0]!.spec.dnsPolicy = 'Default'),
		quiet: world => void (podsNamed(world, /^coredns/)[0]!.spec.dnsPolicy = 'Default'),
		says: /pod shop\/web-1 has dnsPolicy Default/,
	},
	'pod-dns-none': {
		fires: world =>
			void Object.assign(podsNamed(world, /^web-1/)[0]!.spec, {dnsPolicy: 'None', dnsConfig: {nameservers: ['192.0.2.53']}}),
		quiet: world =>
			void Object.assign(podsNamed(world, /^web-1/)[0]!.spec, {
				dnsPolicy: 'None',
				dnsConfig: {nameservers: ['192.0.2.53', '10.96.0.10']},
			}),
		says: /asks only 192\.0\.2\.53, which is not the DNS server/,
	},
	'pod-dns-ndots': {
		fires: world => void (podsNamed(world, /^web-1/)[0]!.spec.dnsConfig = {options: [{name: 'ndots', value: '0'}]}),
		quiet: world => void (podsNamed(world, /^web-1/)[0]!.spec.dnsConfig = {options: [{name: 'ndots', value: '2'}]}),
		says: /has ndots:0: no short name of a Service resolves/,
	},
	'musl-image': {
		fires: world => void (podsNamed(world, /^web-1/)[0]!.spec.containers[0]!.image = 'registry.example/alpine:3.14'),
		quiet: world => void (podsNamed(world, /^web-1/)[0]!.spec.containers[0]!.image = 'alpine:3.20.1'),
		says: /1 containers run registry\.example\/alpine:3\.14/,
	},
	'metallb-not-announced': {
		fires: world => void world.addressPools.push(plain('pool', {addresses: ['203.0.113.0/28']})),
		quiet(world) {
			world.addressPools.push(plain('pool', {addresses: ['203.0.113.0/28']}));
			world.bgpAdvertisements.push(plain('all', {}));
		},
		says: /no advertisement announces the addresses of the pool pool \(203\.0\.113\.0\/28\)/,
	},
	'metallb-speakers': {
		fires: world => void world.addressPools.push(plain('pool', {})),
		quiet(world) {
			world.addressPools.push(plain('pool', {}));
			world.pods.push(pod('speaker-1', '172.18.0.11', {namespace: 'metallb-system', labels: {component: 'speaker'}}));
		},
		says: /no speaker of MetalLB is ready/,
	},
	'metallb-announcers': {
		fires(world) {
			balanced(world);
			for (const node of ['worker-1', 'worker-2'])
				world.l2Statuses.push(plain(node, {}, {node, serviceName: 'web', serviceNamespace: 'shop'}));
		},
		quiet(world) {
			balanced(world);
			world.l2Statuses.push(plain('one', {}, {node: 'worker-1', serviceName: 'web', serviceNamespace: 'shop'}));
		},
		says: /worker-1 and worker-2 announce the address of Service shop\/web at the same time/,
		first: true,
	},
	'metallb-strict-arp': {
		fires(world) {
			world.proxyConfig = 'mode: ipvs\n';
			world.addressPools.push(plain('pool', {}));
			world.l2Advertisements.push(plain('l2', {}));
		},
		quiet(world) {
			world.proxyConfig = 'mode: ipvs\nipvs:\n  strictARP: true\n';
			world.addressPools.push(plain('pool', {}));
			world.l2Advertisements.push(plain('l2', {}));
		},
		says: /ipvs mode without strictARP/,
	},
	'node-excluded-from-balancers': {
		fires(world) {
			balanced(world);
			serviceOf(world).spec.externalTrafficPolicy = 'Local';
			for (const {metadata} of world.nodes.slice(1))
				metadata!.labels = {'node.kubernetes.io/exclude-from-external-load-balancers': ''};
		},
		quiet(world) {
			balanced(world);
			serviceOf(world).spec.externalTrafficPolicy = 'Local';
			world.nodes[0]!.metadata!.labels = {'node.kubernetes.io/exclude-from-external-load-balancers': ''};
		},
		says: /all endpoints of Service shop\/web are on nodes that load balancers leave out/,
		first: true,
	},
});
