import type {V1EndpointSlice, V1Service} from '@kubernetes/client-node';
import test from 'ava';
import {service, slice, state, endpoint, DRAINING} from './fixtures/objects.ts';
import {servicePorts} from './service-ports.ts';
import type {IpFamily} from '../target.ts';
import type {ServicePort} from './state.ts';

const udp = (name: string, port: number, nodePort?: number) => ({name, port, protocol: 'UDP', ...(nodePort && {nodePort})});
const LB = {type: 'LoadBalancer', ports: [udp('p3', 8675, 30061), udp('p4', 8676, 30062)]};
const ALL_FAMILIES = {
	externalIPs: ['50.60.70.81', '2001:db8:0::81'],
	loadBalancerSourceRanges: ['203.0.113.0/25', '2001:DB8::/32'],
	ingress: [{ip: '50.60.70.82'}, {ip: '2001:db8::82'}],
};

type Expected = {readonly [K in keyof ServicePort]?: ServicePort[K] | undefined};

/** Scenarios of TestServiceToServiceMap (servicechangetracker_test.go) and those of its neighbours that decide something; `expected`: what matters of each port. */
type Row = {
	readonly name: string;
	readonly service: V1Service;
	readonly family?: IpFamily;
	readonly minor?: number;
	readonly expected: readonly Expected[];
};

const ROWS: readonly Row[] = [
	{name: 'headless', service: service({clusterIP: 'None', ports: [udp('rpc', 1234)]}), expected: []},
	{name: 'headless without a port', service: service({clusterIP: 'None', ports: []}), expected: []},
	{name: 'no address yet', service: service({clusterIP: ''}), expected: []},
	{name: 'ExternalName, even with an address', service: service({type: 'ExternalName', externalName: 'foo.example.com'}), expected: []},
	{name: 'of another proxy', service: service({labels: {'service.kubernetes.io/service-proxy-name': ''}}), expected: []},
	{
		name: 'labelled headless, with an address',
		service: service({labels: {'service.kubernetes.io/headless': ''}}),
		expected: [{clusterIP: '172.30.0.41'}],
	},
	{
		name: 'labelled headless, with an address, 1.35',
		minor: 35,
		service: service({labels: {'service.kubernetes.io/headless': ''}}),
		expected: [],
	},
	{
		name: 'ClusterIP, two ports',
		service: service({ports: [udp('p1', 1234), udp('p2', 1235)]}),
		expected: [
			{portName: 'p1', port: 1234, protocol: 'UDP', external: false},
			{portName: 'p2', port: 1235, protocol: 'UDP'},
		],
	},
	{name: 'a port without name and protocol', service: service({ports: [{port: 80}]}), expected: [{portName: '', protocol: 'TCP'}]},
	{
		name: 'NodePort',
		service: service({type: 'NodePort', ports: [{name: 'a', port: 80, nodePort: 30080}]}),
		expected: [{nodePort: 30080, external: true}],
	},
	{
		name: 'LoadBalancer',
		service: service({...LB, ingress: [{ip: '10.1.2.4'}]}),
		expected: [
			{nodePort: 30061, loadBalancerVIPs: ['10.1.2.4']},
			{nodePort: 30062, loadBalancerVIPs: ['10.1.2.4']},
		],
	},
	{
		name: 'LoadBalancer, ipMode VIP',
		service: service({...LB, ingress: [{ip: '10.1.2.4', ipMode: 'VIP'}]}),
		expected: [{loadBalancerVIPs: ['10.1.2.4']}, {loadBalancerVIPs: ['10.1.2.4']}],
	},
	{
		name: 'LoadBalancer, ipMode Proxy',
		service: service({...LB, ingress: [{ip: '10.1.2.4', ipMode: 'Proxy'}]}),
		expected: [{loadBalancerVIPs: []}, {loadBalancerVIPs: []}],
	},
	{
		name: 'LoadBalancer with a host name',
		service: service({...LB, ingress: [{hostname: 'lb.example.com'}]}),
		expected: [{loadBalancerVIPs: []}, {loadBalancerVIPs: []}],
	},
	{
		name: 'LoadBalancer, external Local',
		service: service({...LB, externalTrafficPolicy: 'Local', healthCheckNodePort: 345, ingress: [{ip: '10.1.2.3'}]}),
		expected: [
			{healthCheckNodePort: 345, externalLocal: true},
			{healthCheckNodePort: 345, externalLocal: true},
		],
	},
	{
		name: 'LoadBalancer, external Cluster: no health port',
		service: service({...LB, externalTrafficPolicy: 'Cluster', healthCheckNodePort: 345}),
		expected: [{healthCheckNodePort: undefined, externalLocal: false}, {healthCheckNodePort: undefined}],
	},
	{
		name: 'NodePort, external Local: no health port',
		service: service({type: 'NodePort', externalTrafficPolicy: 'Local', healthCheckNodePort: 345}),
		expected: [{healthCheckNodePort: undefined, externalLocal: true, external: false}],
	},
	{
		name: 'LoadBalancer without node ports and address is not reached from outside',
		service: service({type: 'LoadBalancer', externalTrafficPolicy: 'Local', allocateLoadBalancerNodePorts: false}),
		expected: [{external: false, externalLocal: true}],
	},
	{
		name: 'ClusterIP ignores externalTrafficPolicy',
		service: service({externalTrafficPolicy: 'Local'}),
		expected: [{externalLocal: false}],
	},
	{
		name: 'ClusterIP with external addresses heeds it',
		service: service({externalTrafficPolicy: 'Local', externalIPs: ['192.0.2.1']}),
		expected: [{externalLocal: true, external: true}],
	},
	{name: 'internal Local', service: service({internalTrafficPolicy: 'Local'}), expected: [{internalLocal: true}]},
	{
		name: 'affinity',
		service: service({sessionAffinity: 'ClientIP', sessionAffinityConfig: {clientIP: {timeoutSeconds: 7}}}),
		expected: [{affinitySeconds: 7}],
	},
	{
		name: 'no affinity, a timeout left over',
		service: service({sessionAffinityConfig: {clientIP: {timeoutSeconds: 7}}}),
		expected: [{affinitySeconds: undefined}],
	},
	{name: 'IPv6 address, seen from IPv4', service: service({clusterIP: 'fd00::41', ...ALL_FAMILIES}), expected: []},
	{name: 'IPv4 address, seen from IPv6', family: 'ipv6', service: service({clusterIP: '172.30.0.41', ...ALL_FAMILIES}), expected: []},
	{
		name: 'all families, seen from IPv4',
		service: service(ALL_FAMILIES),
		expected: [{externalIPs: ['50.60.70.81'], sourceRanges: ['203.0.113.0/25'], loadBalancerVIPs: ['50.60.70.82']}],
	},
	{
		name: 'all families, seen from IPv6',
		family: 'ipv6',
		service: service({clusterIP: 'FD00:0::41', ...ALL_FAMILIES}),
		expected: [
			{clusterIP: 'fd00::41', externalIPs: ['2001:db8::81'], sourceRanges: ['2001:db8::/32'], loadBalancerVIPs: ['2001:db8::82']},
		],
	},
	{
		name: 'a source range with space around it',
		service: service({loadBalancerSourceRanges: [' 10.1.2.0/28']}),
		expected: [{sourceRanges: ['10.1.2.0/28']}],
	},
	{
		name: 'a source range of everything',
		service: service({loadBalancerSourceRanges: ['10.1.2.0/28', '0.0.0.0/0']}),
		expected: [{sourceRanges: []}],
	},
	{
		name: 'a source range of everything in the other family',
		service: service({loadBalancerSourceRanges: ['10.1.2.0/28', '::/0']}),
		expected: [{sourceRanges: ['10.1.2.0/28']}],
	},
	{
		name: 'unreadable addresses',
		service: service({externalIPs: ['', 'nonsense', '010.0.0.1'], loadBalancerSourceRanges: ['nonsense']}),
		expected: [{externalIPs: ['10.0.0.1'], sourceRanges: []}],
	},
];

const pick = (port: ServicePort, like: Expected): Expected =>
	Object.fromEntries(Object.keys(like).map(key => [key, port[key as keyof ServicePort]]));

for (const {name, service: given, family = 'ipv4', minor = 36, expected} of ROWS) {
	test(`Service: ${name}`, t => {
		const ports = servicePorts(state({services: [given], minor}), 'n1', family);
		t.is(ports.length, expected.length);
		t.deepEqual(
			ports.map((port, index) => pick(port, expected[index]!)),
			expected,
		);
	});
}

test('a dual-stack Service has the address of each family', t => {
	const dual = service();
	dual.spec!.clusterIPs = ['172.30.0.41', 'fd00::41'];
	dual.spec!.ipFamilies = ['IPv4', 'IPv6'];
	t.deepEqual(
		(['ipv4', 'ipv6'] as const).map(family => servicePorts(state({services: [dual]}), 'n1', family)[0]?.clusterIP),
		['172.30.0.41', 'fd00::41'],
	);
	delete dual.spec!.ipFamilies;
	t.deepEqual(
		(['ipv4', 'ipv6'] as const).map(family => servicePorts(state({services: [dual]}), 'n1', family)[0]?.clusterIP),
		['172.30.0.41', undefined],
	);
});

/** Scenarios of endpointslicecache_test.go and endpointschangetracker_test.go that decide something; `expected`: `ip:port`, with `*` local, `-` not ready, `~` draining. */
const SLICES: readonly {
	readonly name: string;
	readonly slices: readonly V1EndpointSlice[];
	readonly family?: IpFamily;
	readonly minor?: number;
	readonly expected: string;
}[] = [
	{
		name: 'sorted as strings, local ones known by node name',
		slices: [slice({endpoints: [endpoint('10.0.1.2', {node: 'n1'}), endpoint('10.0.1.10', {node: 'n2'}), endpoint('10.0.1.1')]})],
		expected: '10.0.1.10:80 10.0.1.1:80 10.0.1.2:80*',
	},
	{
		name: 'two slices',
		slices: [slice({endpoints: [endpoint('10.0.1.1')]}), slice({name: 'b', endpoints: [endpoint('10.0.2.1')]})],
		expected: '10.0.1.1:80 10.0.2.1:80',
	},
	{
		name: 'two slices with an endpoint in both',
		slices: [slice({endpoints: [endpoint('10.0.1.1'), endpoint('10.0.1.2')]}), slice({name: 'b', endpoints: [endpoint('10.0.1.1')]})],
		expected: '10.0.1.1:80 10.0.1.2:80',
	},
	{
		name: 'one address with two ports',
		slices: [
			slice({endpoints: [endpoint('10.0.1.1')]}),
			slice({name: 'b', ports: [{name: 'p80', port: 8080, protocol: 'TCP'}], endpoints: [endpoint('10.0.1.1')]}),
		],
		expected: '10.0.1.1:80 10.0.1.1:8080',
	},
	{
		name: 'the same endpoint thrice: the one that does not terminate',
		slices: [
			slice({endpoints: [endpoint('10.0.1.1', DRAINING), endpoint('10.0.1.1'), endpoint('10.0.1.1', {...DRAINING, serving: false})]}),
		],
		expected: '10.0.1.1:80',
	},
	{
		name: 'the same endpoint over slices: the one that does not terminate',
		slices: [slice({endpoints: [endpoint('10.0.1.1')]}), slice({name: 'b', endpoints: [endpoint('10.0.1.1', DRAINING)]})],
		expected: '10.0.1.1:80',
	},
	{
		name: 'the same endpoint thrice, 1.35: the first',
		minor: 35,
		slices: [slice({endpoints: [endpoint('10.0.1.1', DRAINING), endpoint('10.0.1.1'), endpoint('10.0.1.1')]})],
		expected: '10.0.1.1:80-~',
	},
	{
		name: 'the same endpoint thrice, 1.35, on its own node: the last',
		minor: 35,
		slices: [
			slice({
				endpoints: [
					endpoint('10.0.1.1', {node: 'n1'}),
					endpoint('10.0.1.1', {node: 'n1'}),
					endpoint('10.0.1.1', {...DRAINING, node: 'n1'}),
				],
			}),
		],
		expected: '10.0.1.1:80*-~',
	},
	{
		name: 'conditions',
		slices: [
			slice({endpoints: [endpoint('10.0.1.1', {ready: false}), endpoint('10.0.1.2', DRAINING), endpoint('10.0.1.3', {ready: true})]}),
		],
		expected: '10.0.1.1:80- 10.0.1.2:80-~ 10.0.1.3:80',
	},
	{name: 'no conditions at all', slices: [slice({endpoints: [{addresses: ['10.0.1.1']}]})], expected: '10.0.1.1:80'},
	{name: 'a slice of another Service', slices: [slice({of: 'svc2', endpoints: [endpoint('10.0.1.1')]})], expected: ''},
	{name: 'a slice of another namespace', slices: [slice({namespace: 'ns2', endpoints: [endpoint('10.0.1.1')]})], expected: ''},
	{
		name: 'a slice without a Service',
		slices: [slice({labels: {'kubernetes.io/service-name': ''}, endpoints: [endpoint('10.0.1.1')]})],
		expected: '',
	},
	{
		name: 'a slice labelled headless',
		slices: [slice({labels: {'service.kubernetes.io/headless': ''}, endpoints: [endpoint('10.0.1.1')]})],
		expected: '',
	},
	{
		name: 'a slice labelled with another proxy',
		slices: [slice({labels: {'service.kubernetes.io/service-proxy-name': 'x'}, endpoints: [endpoint('10.0.1.1')]})],
		expected: '10.0.1.1:80',
	},
	{
		name: 'a slice labelled with another proxy, 1.35',
		minor: 35,
		slices: [slice({labels: {'service.kubernetes.io/service-proxy-name': 'x'}, endpoints: [endpoint('10.0.1.1')]})],
		expected: '',
	},
	{name: 'a slice of the other family', slices: [slice({addressType: 'IPv6', endpoints: [endpoint('fd00::1')]})], expected: ''},
	{name: 'a slice of host names', slices: [slice({addressType: 'FQDN', endpoints: [endpoint('a.example.com')]})], expected: ''},
	{
		name: 'a port of another name',
		slices: [slice({ports: [{name: 'other', port: 80, protocol: 'TCP'}], endpoints: [endpoint('10.0.1.1')]})],
		expected: '',
	},
	{
		name: 'a port of another protocol',
		slices: [slice({ports: [{name: 'p80', port: 80, protocol: 'UDP'}], endpoints: [endpoint('10.0.1.1')]})],
		expected: '',
	},
	{
		name: 'a port without a number',
		slices: [slice({ports: [{name: 'p80', protocol: 'TCP'}], endpoints: [endpoint('10.0.1.1')]})],
		expected: '',
	},
	{
		name: 'a port without a name',
		slices: [slice({ports: [{port: 80, protocol: 'TCP'}], endpoints: [endpoint('10.0.1.1')]})],
		expected: '',
	},
	{
		name: 'an endpoint without an address',
		slices: [slice({endpoints: [{addresses: []}, endpoint('10.0.1.2')]})],
		expected: '10.0.1.2:80',
	},
	{name: 'only the first address counts', slices: [slice({endpoints: [{addresses: ['10.0.1.1', '10.0.1.2']}]})], expected: '10.0.1.1:80'},
];

for (const {name, slices, family = 'ipv4', minor = 36, expected} of SLICES) {
	test(`slices: ${name}`, t => {
		const [port] = servicePorts(state({services: [service()], slices, minor}), 'n1', family);
		t.is(
			port?.endpoints
				.map(
					({ip, port: number, local, ready, terminating}) =>
						`${ip}:${number}${local ? '*' : ''}${ready ? '' : '-'}${terminating ? '~' : ''}`,
				)
				.join(' '),
			expected,
		);
	});
}

test('a port without a name is not the unnamed port', t => {
	const unnamed = service({ports: [{port: 80}]});
	const endpointsAt = (name?: string) =>
		servicePorts(
			state({
				services: [unnamed],
				slices: [
					slice({ports: [{...(name !== undefined && {name}), port: 80, protocol: 'TCP'}], endpoints: [endpoint('10.0.1.1')]}),
				],
			}),
			'n1',
			'ipv4',
		)[0]?.endpoints.length;
	t.deepEqual([endpointsAt(''), endpointsAt()], [1, 0]);
});

test('hints for nodes count from 1.34 on', t => {
	const slices = [slice({endpoints: [endpoint('10.0.1.1', {zones: ['a', 'b'], nodes: ['n1']})]})];
	const hintsAt = (minor: number) =>
		servicePorts(state({services: [service()], slices, minor}), 'n1', 'ipv4')[0]?.endpoints.map(({zoneHints, nodeHints}) => ({
			zoneHints,
			nodeHints,
		}));
	t.deepEqual(hintsAt(34), [{zoneHints: ['a', 'b'], nodeHints: ['n1']}]);
	t.deepEqual(hintsAt(33), [{zoneHints: ['a', 'b'], nodeHints: []}]);
});

test('an IPv6 endpoint', t => {
	const slices = [slice({addressType: 'IPv6', endpoints: [endpoint('FD00:10::0001')]})];
	t.deepEqual(
		servicePorts(state({services: [service({clusterIP: 'fd00::41'})], slices}), 'n1', 'ipv6')[0]?.endpoints.map(({ip}) => ip),
		['fd00:10::1'],
	);
});
