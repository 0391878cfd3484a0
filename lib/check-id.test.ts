import test from 'ava';
import {familyOf, idIn, pathOf, rowOf, runOf} from './check-id.ts';

for (const [id, family, path, row, run = id] of [
	['clusterip/reach', 'ipv4', 'clusterip/reach'],
	['clusterip/reach+endpoint-rule', 'ipv4', 'clusterip/reach'],
	['clusterip/reach@ipv4', 'ipv4', 'clusterip/reach'],
	['clusterip/reach@ipv6', 'ipv6', 'clusterip/reach'],
	['clusterip/reach@ipv6+dns-wrong', 'ipv6', 'clusterip/reach'],
	['rules/ipset-exact/KUBE-CLUSTER-IP', 'ipv4', 'rules/ipset-exact', 'KUBE-CLUSTER-IP', 'rules/ipset-exact'],
	[
		'rules/ipset-exact/KUBE-6-CLUSTER-IP@ipv6+set-entry',
		'ipv6',
		'rules/ipset-exact',
		'KUBE-6-CLUSTER-IP',
		'rules/ipset-exact@ipv6+set-entry',
	],
] as const) {
	test(id, t => {
		t.is(familyOf(id), family);
		t.is(pathOf(id), path);
		t.is(rowOf(id), row);
		t.is(runOf(id), run);
	});
}

test("only a cluster with two families has them in its checks' names", t => {
	t.is(idIn('dns/srv', 'ipv4', 'ipv4'), 'dns/srv');
	t.is(idIn('dns/srv', 'ipv4', 'dual'), 'dns/srv@ipv4');
});
