import {provesRules, type Case} from './fixtures/prove.ts';
import {ago, event, HTTP, pod, podsNamed, service, serviceOf, slice, sliceOf, unready, waiting} from './fixtures/world.ts';

/** Takes the endpoints of a Service away, as the controller does. */
const empty = (world: Parameters<Case['fires']>[0], of = 'web'): void => {
	world.slices = world.slices.map(each => (each === sliceOf(world, of) ? {...each, endpoints: []} : each));
};

provesRules({
	'selector-matches-nothing': {
		fires(world) {
			serviceOf(world).spec.selector = {app: 'wbe'};
			empty(world);
		},
		quiet: world => void (serviceOf(world).spec.selector = {}),
		says: /^the selector app=wbe of Service shop\/web fits none of the 2 pods/,
		first: true,
	},
	'no-ready-pods': {
		fires: world => unready(world, /^web-/),
		quiet: world => unready(world, /^web-1/),
		says: /none of the 2 running pods of Service shop\/web is ready/,
		first: true,
	},
	'pods-crash-looping': {
		fires: world => waiting(world, /^web-/, 'CrashLoopBackOff'),
		quiet: world => waiting(world, /^web-/, 'ContainerCreating'),
		says: /container main of shop\/web-1 is in CrashLoopBackOff, and no other pod is ready/,
		first: true,
	},
	'pods-pending': {
		fires(world) {
			unready(world, /^web-/);
			for (const {spec, status} of podsNamed(world, /^web-/)) {
				delete spec.nodeName;
				Object.assign(status, {
					phase: 'Pending',
					conditions: [{type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: '0/3 nodes are available'}],
				});
			}
		},
		quiet: world => unready(world, /^web-1/),
		says: /2 of 2 pods of Service shop\/web have no node, and no other pod is ready/,
		first: true,
	},
	'target-port-name-missing': {
		fires: world => void (serviceOf(world).spec.ports![0]!.targetPort = 'web'),
		quiet: world => void (serviceOf(world).spec.ports![0]!.targetPort = 'http'),
		says: /leads to the port named "web", which none of its 2 pods has/,
		first: true,
	},
	'target-port-quoted': {
		fires: world => void (serviceOf(world).spec.ports![0]!.targetPort = '8080'),
		quiet: world => void (serviceOf(world).spec.ports![0]!.targetPort = 'http'),
		says: /the targetPort "8080" .* is in quotes/,
		first: true,
	},
	'target-port-not-declared': {
		fires: world => void (serviceOf(world).spec.ports![0]!.targetPort = 9090),
		quiet(world) {
			serviceOf(world).spec.ports![0]!.targetPort = 9090;
			for (const {spec} of podsNamed(world, /^web-/)) spec.containers[0]!.ports = [];
		},
		says: /leads to 9090, which none of its pods declares/,
	},
	'target-port-protocol': {
		fires: world => void (serviceOf(world).spec.ports![0]!.protocol = 'UDP'),
		quiet(world) {
			serviceOf(world).spec.ports![0]!.protocol = 'UDP';
			for (const {spec} of podsNamed(world, /^web-/)) spec.containers[0]!.ports = [HTTP, {...HTTP, name: 'u', protocol: 'UDP'}];
		},
		says: /is for UDP, and its pods declare 8080 for TCP alone/,
	},
	'selectorless-without-slices': {
		fires: world => void world.services.push(service('ext', '10.96.0.30')),
		quiet(world) {
			world.services.push(service('ext', '10.96.0.30'));
			world.slices.push({...slice('ext', [], {by: ''}), endpoints: [{addresses: ['192.0.2.1']}]});
		},
		says: /Service shop\/ext has no selector, and no EndpointSlice/,
		first: true,
	},
	'slice-without-service': {
		fires: world => void world.slices.push(slice('wbe', [], {by: 'me'})),
		quiet: world => void world.slices.push(slice('web', [], {by: 'me'})),
		says: /is for the Service wbe, which does not exist/,
	},
	'slice-wrong-port-name': {
		fires(world) {
			world.services.push(service('ext', '10.96.0.30'));
			world.slices.push({...slice('ext', [], {by: '', name: 'web'}), endpoints: [{addresses: ['192.0.2.1']}]});
		},
		quiet(world) {
			world.services.push(service('ext', '10.96.0.30'));
			world.slices.push({...slice('ext', [], {by: ''}), endpoints: [{addresses: ['192.0.2.1']}]});
		},
		says: /no EndpointSlice of Service shop\/ext has a port named http, only web/,
		first: true,
	},
	'slice-not-ready': {
		fires(world) {
			world.services.push(service('ext', '10.96.0.30'));
			world.slices.push({...slice('ext', [], {by: ''}), endpoints: [{addresses: ['192.0.2.1'], conditions: {ready: false}}]});
		},
		quiet(world) {
			world.services.push(service('ext', '10.96.0.30'));
			world.slices.push({...slice('ext', [], {by: ''}), endpoints: [{addresses: ['192.0.2.1'], conditions: {}}]});
		},
		says: /all endpoints of Service shop\/ext, which has no selector, are written as not ready/,
		first: true,
	},
	'slice-other-family': {
		fires(world) {
			world.services.push(service('ext', '10.96.0.30'));
			world.slices.push({...slice('ext', [], {by: ''}), addressType: 'FQDN', endpoints: [{addresses: ['db.example.com']}]});
		},
		quiet(world) {
			world.services.push(service('ext', '10.96.0.30'));
			world.slices.push({...slice('ext', [], {by: ''}), endpoints: [{addresses: ['192.0.2.1']}]});
		},
		says: /is of type FQDN, and Service shop\/ext has IPv4 only/,
		first: true,
	},
	'slice-stale-endpoint': {
		fires(world) {
			world.services.push(service('ext', '10.96.0.30'));
			world.slices.push({...slice('ext', [], {by: ''}), endpoints: [{addresses: ['10.244.1.99']}]});
		},
		quiet(world) {
			world.services.push(service('ext', '10.96.0.30'));
			world.slices.push({...slice('ext', [], {by: ''}), endpoints: [{addresses: ['10.244.1.3']}]});
		},
		says: /sends to 10\.244\.1\.99, which is in the pods' network and no pod has/,
		first: true,
	},
	'slice-foreign': {
		fires: world => void world.slices.push({...slice('web', [], {by: 'me'}), endpoints: [{addresses: ['192.0.2.1']}]}),
		quiet: world => void world.slices.push(slice('web', podsNamed(world, /^web-1/), {by: 'me'})),
		says: /sends connections to Service shop\/web to 192\.0\.2\.1, which its selector does not fit/,
		first: true,
	},
	'slice-out-of-date': {
		fires: world => empty(world),
		quiet: world =>
			void (podsNamed(world, /^web-/).forEach(({status}) => (status.conditions![0]!.lastTransitionTime = ago(3))), empty(world)),
		says: /no EndpointSlice of Service shop\/web holds the ready pods/,
		first: true,
	},
	'headless-no-ready': {
		fires(world) {
			world.services.push(service('peers', 'None', {selector: {app: 'web'}}));
			world.slices.push({
				...slice('peers', podsNamed(world, /^web-/)),
				endpoints: [{addresses: ['10.244.1.3'], conditions: {ready: false}}],
			});
		},
		quiet(world) {
			world.services.push(service('peers', 'None', {selector: {app: 'web'}}));
			world.slices.push(slice('peers', podsNamed(world, /^web-/)));
		},
		says: /the name of the headless Service shop\/peers resolves to nothing/,
	},
	'only-terminating-endpoints': {
		fires: world => void sliceOf(world).endpoints!.forEach(one => (one.conditions = {ready: false, serving: true, terminating: true})),
		quiet: world => void (sliceOf(world).endpoints![0]!.conditions = {ready: false, serving: true, terminating: true}),
		says: /is served only by 2 endpoints that are terminating/,
	},
	'some-pods-not-ready': {
		fires: world => unready(world, /^web-1/),
		quiet: world => void (unready(world, /^web-1/), (podsNamed(world, /^web-1/)[0]!.status.startTime = ago(30))),
		says: /1 of 2 pods of Service shop\/web have run for more than 5 minutes and are not ready/,
	},
	'pods-restarting': {
		fires: world =>
			void Object.assign(podsNamed(world, /^web-1/)[0]!.status.containerStatuses![0]!, {
				restartCount: 9,
				lastState: {terminated: {exitCode: 137, reason: 'OOMKilled', finishedAt: ago(100)}},
			}),
		quiet: world =>
			void Object.assign(podsNamed(world, /^web-1/)[0]!.status.containerStatuses![0]!, {
				restartCount: 9,
				lastState: {terminated: {exitCode: 137, reason: 'OOMKilled', finishedAt: ago(90_000)}},
			}),
		says: /keep on restarting: shop\/web-1 9 times/,
	},
	'publish-not-ready-with-failing': {
		fires: world => void (unready(world, /^web-1/), (serviceOf(world).spec.publishNotReadyAddresses = true)),
		quiet: world => void (serviceOf(world).spec.publishNotReadyAddresses = true),
		says: /publishes pods that are not ready, and 1 of 2 are not/,
	},
	'selector-mixes-workloads': {
		fires: world => void world.pods.push(pod('db-1', '10.244.1.9', {labels: {app: 'web'}, ports: [{containerPort: 5432}]})),
		quiet: world => void world.pods.push(pod('api-1', '10.244.1.9', {labels: {app: 'web'}, ports: [HTTP]})),
		says: /also fits shop\/db-1, which do not declare port 8080/,
	},
	'external-name-is-address': {
		fires: world =>
			void world.services.push({metadata: {name: 'db', namespace: 'shop'}, spec: {type: 'ExternalName', externalName: '192.0.2.9'}}),
		quiet: world =>
			void world.services.push({
				metadata: {name: 'db', namespace: 'shop'},
				spec: {type: 'ExternalName', externalName: 'db.example.com'},
			}),
		says: /is the address 192\.0\.2\.9, which DNS takes for a name/,
		first: true,
	},
	'external-name-missing-service': {
		fires: world =>
			void world.services.push({
				metadata: {name: 'db', namespace: 'shop'},
				spec: {type: 'ExternalName', externalName: 'gone.shop.svc.cluster.local'},
			}),
		quiet: world =>
			void world.services.push({
				metadata: {name: 'db', namespace: 'shop'},
				spec: {type: 'ExternalName', externalName: 'web.shop.svc.cluster.local.'},
			}),
		says: /is an alias of Service shop\/gone, which does not exist/,
		first: true,
	},
	'external-name-for-http': {
		fires: world =>
			void world.services.push({
				metadata: {name: 'db', namespace: 'shop'},
				spec: {type: 'ExternalName', externalName: 'www.example.com', ports: [{port: 443}]},
			}),
		quiet: world =>
			void world.services.push({
				metadata: {name: 'db', namespace: 'shop'},
				spec: {type: 'ExternalName', externalName: 'db.example.com', ports: [{port: 5432}]},
			}),
		says: /HTTP and TLS to it carry the wrong name/,
	},
	'cluster-ip-outside-ranges': {
		fires: world => void world.services.push(service('old', '10.100.0.1', {selector: {app: 'web'}})),
		quiet: world => void world.services.push(service('new', '10.96.9.9', {selector: {app: 'web'}})),
		says: /10\.100\.0\.1 of Service shop\/old is in none/,
	},
	'cluster-ip-duplicated': {
		fires: world => void world.services.push(service('old', '10.96.0.20', {selector: {app: 'web'}})),
		quiet: world => void world.services.push(service('new', '10.96.0.21', {selector: {app: 'web'}})),
		says: /Services shop\/web and shop\/old have the same ClusterIP/,
	},
	'family-without-endpoints': {
		fires: world => void (serviceOf(world).spec.ipFamilies = ['IPv4', 'IPv6']),
		quiet(world) {
			serviceOf(world).spec.ipFamilies = ['IPv4', 'IPv6'];
			world.slices.push({
				...sliceOf(world),
				metadata: {...sliceOf(world).metadata, name: 'web-6'},
				addressType: 'IPv6',
				endpoints: [{addresses: ['fd00::3'], conditions: {ready: true}}],
			});
		},
		says: /has an IPv6 address and no endpoint of IPv6/,
		first: true,
	},
	'api-server-unreachable-by-service': {
		fires: world => empty(world, 'kubernetes'),
		quiet: world => empty(world),
		says: /Service default\/kubernetes has no endpoint/,
	},
	'subdomain-without-service': {
		fires: world => void Object.assign(podsNamed(world, /^web-1/)[0]!.spec, {hostname: 'web-1', subdomain: 'peers'}),
		quiet(world) {
			Object.assign(podsNamed(world, /^web-1/)[0]!.spec, {hostname: 'web-1', subdomain: 'peers'});
			world.services.push(service('peers', 'None', {selector: {app: 'web'}}));
		},
		says: /the names of pods shop\/web-1 do not resolve: there is no Service shop\/peers/,
	},
	'service-links-many': {
		fires: world =>
			void world.services.push(
				...Array.from({length: 1000}, (_, n) => service(`s${n}`, `10.96.${4 + (n >> 8)}.${n & 255}`, {selector: {app: 'web'}})),
			),
		quiet(world) {
			world.services.push(
				...Array.from({length: 1000}, (_, n) => service(`s${n}`, `10.96.${4 + (n >> 8)}.${n & 255}`, {selector: {app: 'web'}})),
			);
			for (const {spec} of podsNamed(world, /^web-/)) spec.enableServiceLinks = false;
		},
		says: /new pods of shop get variables for 1001 Services/,
	},
	'service-links-shadow': {
		fires(world) {
			waiting(world, /^web-1/, 'CrashLoopBackOff');
			podsNamed(world, /^web-1/)[0]!.spec.containers[0]!.name = 'web';
			podsNamed(world, /^web-1/)[0]!.status.startTime = ago(100);
		},
		quiet(world) {
			waiting(world, /^web-1/, 'CrashLoopBackOff');
			Object.assign(podsNamed(world, /^web-1/)[0]!.spec.containers[0]!, {name: 'web', env: [{name: 'WEB_PORT'}]});
			podsNamed(world, /^web-1/)[0]!.status.startTime = ago(100);
		},
		says: /gives it WEB_PORT=tcp/,
	},
	'service-events': {
		fires: world => void world.events.push(event('Service', 'web', 'SyncLoadBalancerFailed', 'quota')),
		quiet(world) {
			world.events.push(event('Pod', 'web-1', 'BackOff', 'x'));
			world.events.push(event('Service', 'web', 'ClusterIPNotAllocated', 'Cluster IP [IPv4]: 10.96.0.9 is not allocated; repairing'));
		},
		says: /says of Service shop\/web: SyncLoadBalancerFailed/,
	},
	'service-stuck-deleting': {
		fires: world =>
			void Object.assign(serviceOf(world).metadata!, {
				deletionTimestamp: ago(900),
				finalizers: ['service.kubernetes.io/load-balancer-cleanup'],
			}),
		quiet: world => void Object.assign(serviceOf(world).metadata!, {deletionTimestamp: ago(10)}),
		says: /15 minutes ago and is still there/,
	},
	'proxied-by-other': {
		fires: world => void (serviceOf(world).metadata!.labels = {'service.kubernetes.io/service-proxy-name': 'mesh'}),
		quiet: world => void (serviceOf(world).metadata!.labels = {'kubernetes.io/cluster-service': 'true'}),
		says: /kube-proxy passes Service shop\/web over/,
	},
});
