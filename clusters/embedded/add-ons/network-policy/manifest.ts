import {NETWORK_POLICY_PROGRAM} from '../../parts.ts';
import {NETWORK_POLICY_IMAGE} from '../../parts/network-policy.ts';

export const NAME = NETWORK_POLICY_PROGRAM.name;
export const NAMESPACE = 'kube-system';
/** The queue of the kernel that it answers (nfnetlink_queue). */
export const QUEUE = '100';

const metadata = {name: NAME, namespace: NAMESPACE};
const labels = {'k8s-app': NAME};

/** As its own install.yaml has it, with our image, and without NRI, which containerd 1.6 has not. */
export const MANIFEST = [
	{
		apiVersion: 'rbac.authorization.k8s.io/v1',
		kind: 'ClusterRole',
		metadata: {name: NAME},
		rules: [
			{apiGroups: [''], resources: ['pods', 'namespaces'], verbs: ['list', 'watch']},
			{apiGroups: ['networking.k8s.io'], resources: ['networkpolicies'], verbs: ['list', 'watch']},
		],
	},
	{
		apiVersion: 'rbac.authorization.k8s.io/v1',
		kind: 'ClusterRoleBinding',
		metadata: {name: NAME},
		roleRef: {apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: NAME},
		subjects: [{kind: 'ServiceAccount', ...metadata}],
	},
	{apiVersion: 'v1', kind: 'ServiceAccount', metadata},
	{
		apiVersion: 'apps/v1',
		kind: 'DaemonSet',
		metadata: {...metadata, labels},
		spec: {
			selector: {matchLabels: labels},
			template: {
				metadata: {labels},
				spec: {
					hostNetwork: true,
					tolerations: [{operator: 'Exists'}],
					serviceAccountName: NAME,
					containers: [
						{
							name: NAME,
							image: NETWORK_POLICY_IMAGE,
							imagePullPolicy: 'IfNotPresent',
							args: ['--hostname-override=$(NODE)', `--nfqueue-id=${QUEUE}`, '--disable-nri', '--v=1'],
							securityContext: {privileged: true},
							env: [{name: 'NODE', valueFrom: {fieldRef: {fieldPath: 'spec.nodeName'}}}],
						},
					],
				},
			},
		},
	},
];
