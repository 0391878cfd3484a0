import type {V1Service} from '@kubernetes/client-node';
import test from 'ava';
import {servicesHop} from './services.ts';

const service = (name: string, ...families: readonly string[]): V1Service => ({
	metadata: {name, namespace: 'shop'},
	spec: {
		type: 'ClusterIP',
		clusterIP: families[0] === 'IPv6' ? 'fd00::1' : '10.96.0.1',
		clusterIPs: families.map(family => (family === 'IPv6' ? 'fd00::1' : '10.96.0.1')),
		ipFamilies: [...families],
	},
});
const stateOf = (...value: readonly V1Service[]) =>
	servicesHop({services: {ok: true, value, source: 'GET /services'}, family: 'ipv6', namespace: 'shop'}).state;

test('a Service of one family is no fault of the other where the other has a Service beside it', t => {
	t.is(stateOf(service('both', 'IPv4', 'IPv6')), 'ok');
	t.is(stateOf(service('one', 'IPv4')), 'broken');
	t.is(stateOf(service('one', 'IPv4'), service('both', 'IPv4', 'IPv6')), 'aside');
});
