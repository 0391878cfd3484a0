import test from 'ava';
import {familyOf, idIn, pathOf} from './check-id.ts';

for (const [id, family, path] of [
	['clusterip/reach', 'ipv4', 'clusterip/reach'],
	['clusterip/reach+M2', 'ipv4', 'clusterip/reach'],
	['clusterip/reach@ipv4', 'ipv4', 'clusterip/reach'],
	['clusterip/reach@ipv6', 'ipv6', 'clusterip/reach'],
	['clusterip/reach@ipv6+M14-wrong', 'ipv6', 'clusterip/reach'],
] as const) {
	test(id, t => {
		t.is(familyOf(id), family);
		t.is(pathOf(id), path);
	});
}

test('only a cluster with two families has them in its checks\' names', t => {
	t.is(idIn('dns/srv', 'ipv4', 'ipv4'), 'dns/srv');
	t.is(idIn('dns/srv', 'ipv4', 'dual'), 'dns/srv@ipv4');
});
