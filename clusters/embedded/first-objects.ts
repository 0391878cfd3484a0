import {stringify} from 'yaml';
import type {Family} from '../../lib/target.ts';
import {podSubnetOf, versionsOf} from './addresses.ts';

const binding = (name: string, role: string, subject: Record<string, string>) => ({
	apiVersion: 'rbac.authorization.k8s.io/v1',
	kind: 'ClusterRoleBinding',
	metadata: {name},
	roleRef: {apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: role},
	subjects: [{apiGroup: 'rbac.authorization.k8s.io', ...subject}],
});

/** Nodes exist before their kubelets: each has its pod subnet, role and taint from the first moment, as its CNI configuration says. */
export const firstObjects = (names: readonly string[], family: Family): string =>
	[
		binding('kubeadm:cluster-admins', 'cluster-admin', {kind: 'Group', name: 'kubeadm:cluster-admins'}),
		binding('vipcheck:apiserver-kubelet', 'system:kubelet-api-admin', {kind: 'User', name: 'kube-apiserver-kubelet-client'}),
		...names.map((name, index) => ({
			apiVersion: 'v1',
			kind: 'Node',
			metadata: {
				name,
				labels: {
					'kubernetes.io/hostname': name,
					'kubernetes.io/os': 'linux',
					...(index === 0 ? {'node-role.kubernetes.io/control-plane': ''} : {}),
				},
			},
			spec: {
				podCIDR: podSubnetOf(index, 4),
				podCIDRs: versionsOf(family).map(version => podSubnetOf(index, version)),
				taints: index === 0 ? [{key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule'}] : [],
			},
		})),
	]
		.map(document => stringify(document))
		.join('---\n');
