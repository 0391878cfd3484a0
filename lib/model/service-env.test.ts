import test from 'ava';
import {service} from './fixtures/objects.ts';
import {isOfService, serviceEnvironment} from './service-env.ts';

const named = (name: string, namespace: string, spec: Parameters<typeof service>[0]) => {
	const made = service(spec);
	return {...made, metadata: {...made.metadata, name, namespace}};
};
const api = named('kubernetes', 'default', {clusterIP: '10.96.0.1', ports: [{name: 'https', port: 443, protocol: 'TCP'}]});

test('a Service in the words that kubelet makes of it', t => {
	const made = named('redis-primary', 'shop', {
		clusterIP: '10.0.0.11',
		ports: [
			{name: 'tls-port', port: 6379, protocol: 'TCP'},
			{name: 'gossip', port: 53, protocol: 'UDP'},
		],
	});
	t.deepEqual(Object.fromEntries(serviceEnvironment([made], 'shop')), {
		REDIS_PRIMARY_SERVICE_HOST: '10.0.0.11',
		REDIS_PRIMARY_SERVICE_PORT: '6379',
		REDIS_PRIMARY_SERVICE_PORT_TLS_PORT: '6379',
		REDIS_PRIMARY_SERVICE_PORT_GOSSIP: '53',
		REDIS_PRIMARY_PORT: 'tcp://10.0.0.11:6379',
		REDIS_PRIMARY_PORT_6379_TCP: 'tcp://10.0.0.11:6379',
		REDIS_PRIMARY_PORT_6379_TCP_PROTO: 'tcp',
		REDIS_PRIMARY_PORT_6379_TCP_PORT: '6379',
		REDIS_PRIMARY_PORT_6379_TCP_ADDR: '10.0.0.11',
		REDIS_PRIMARY_PORT_53_UDP: 'udp://10.0.0.11:53',
		REDIS_PRIMARY_PORT_53_UDP_PROTO: 'udp',
		REDIS_PRIMARY_PORT_53_UDP_PORT: '53',
		REDIS_PRIMARY_PORT_53_UDP_ADDR: '10.0.0.11',
	});
});

test('the API server is told of everywhere, other namespaces and Services without an address are not', t => {
	const foreign = named('far', 'elsewhere', {clusterIP: '10.0.0.12', ports: [{port: 80, protocol: 'TCP'}]});
	const headless = named('pods', 'shop', {clusterIP: 'None', ports: [{port: 80, protocol: 'TCP'}]});
	const names = [...serviceEnvironment([foreign, headless, api], 'shop').keys()];
	t.true(names.includes('KUBERNETES_SERVICE_HOST'));
	t.true(names.every(name => name.startsWith('KUBERNETES_')));
	t.true(names.every(name => isOfService(name)));
});

test('an IPv6 address stands in brackets before a port', t => {
	const made = named('six', 'shop', {clusterIP: 'fd00::5', ports: [{port: 80, protocol: 'TCP'}]});
	t.is(serviceEnvironment([made], 'shop').get('SIX_PORT'), 'tcp://[fd00::5]:80');
});

for (const name of ['PATH', 'HOSTNAME', 'NODE_VERSION', 'HOME', 'IMPORT'])
	test(`${name} tells of no Service`, t => {
		t.false(isOfService(name));
	});
