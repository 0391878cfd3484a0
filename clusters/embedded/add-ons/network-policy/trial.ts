import {ADMIN} from '../../steps/addon.ts';

const NAMESPACE = 'vipcheck-policy-trial';

const pod = (name: string, image: string, args: readonly string[]): object => ({
	apiVersion: 'v1',
	kind: 'Pod',
	metadata: {name, namespace: NAMESPACE, labels: {app: name}},
	spec: {
		automountServiceAccountToken: false,
		terminationGracePeriodSeconds: 1,
		containers: [{name, image, imagePullPolicy: 'IfNotPresent', args}],
	},
});

const list = (...items: readonly object[]): string => JSON.stringify({apiVersion: 'v1', kind: 'List', items});

/** A shell condition on what a pod says when it connects to the other. */
const connects = (condition: string): string => {
	const kubectl = `kubectl --kubeconfig ${ADMIN} --namespace ${NAMESPACE}`;
	const address = `$(${kubectl} get pod server --output 'jsonpath={.status.podIP}')`;
	return `{ said=$(${kubectl} exec client -- /agnhost connect --timeout=2s "${address}:8080" 2>&1); ${condition}; }`;
};

/** A program that enforces nothing says so in its log at best: two pods and a policy show whether it does. */
export const trial = (agnhost: string) => ({
	namespace: NAMESPACE,
	objects: list(
		{apiVersion: 'v1', kind: 'Namespace', metadata: {name: NAMESPACE}},
		pod('server', agnhost, ['netexec', '--http-port=8080']),
		pod('client', agnhost, ['pause']),
	),
	policy: list({
		apiVersion: 'networking.k8s.io/v1',
		kind: 'NetworkPolicy',
		metadata: {name: 'nobody', namespace: NAMESPACE},
		spec: {podSelector: {matchLabels: {app: 'server'}}, policyTypes: ['Ingress']},
	}),
	/** agnhost connect says nothing where it is connected. */
	isServed: connects('[ -z "$said" ]'),
	isDropped: connects('case $said in *TIMEOUT*) true ;; *) false ;; esac'),
});
