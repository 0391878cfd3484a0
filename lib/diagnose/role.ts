import {SOURCES} from './sources.ts';

/**
 * The ClusterRole that diagnose needs, as YAML: get and list of exactly what it reads, no Secrets, nothing that changes anything. Made of
 * the table of sources.
 */
export const clusterRole = (): string => {
	const rights = Object.values(SOURCES).flatMap(({right}) => (right ? [right] : []));
	const groups = Map.groupBy(
		rights.filter(({namespace}) => namespace === undefined),
		({group = ''}) => group,
	);
	const rules = [...groups].flatMap(([group, of]) => [
		`  - apiGroups: ["${group}"]`,
		`    resources: [${[...new Set(of.map(({resource}) => resource))].sort().join(', ')}]`,
		'    verbs: [get, list, watch]',
	]);
	const names = Object.values(SOURCES).flatMap(({right, path}) =>
		right?.resource === 'configmaps' ? [path.split('/').at(-1) ?? ''] : [],
	);
	return `# All that \`vipcheck diagnose\` needs: it reads, and can do nothing else.
apiVersion: v1
kind: Namespace
metadata:
  name: vipcheck
---
apiVersion: v1
kind: ServiceAccount
metadata:
  name: vipcheck-diagnose
  namespace: vipcheck
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: vipcheck-diagnose
rules:
${rules.join('\n')}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata:
  name: vipcheck-diagnose
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: vipcheck-diagnose}
subjects:
  - {kind: ServiceAccount, name: vipcheck-diagnose, namespace: vipcheck}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  name: vipcheck-diagnose
  namespace: kube-system
rules:
  - apiGroups: [""]
    resources: [configmaps]
    resourceNames: [${names.join(', ')}]
    verbs: [get]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata:
  name: vipcheck-diagnose
  namespace: kube-system
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: vipcheck-diagnose}
subjects:
  - {kind: ServiceAccount, name: vipcheck-diagnose, namespace: vipcheck}
`;
};
