import type {V1NetworkPolicy, V1Pod} from '@kubernetes/client-node';
import {rule, type Finding} from '../rule.ts';
import {aboutService, fullName, kubectl, portText, someOf} from '../views/objects.ts';
import {readyPods} from '../views/pod-state.ts';
import {holdsPort, policiesOn} from '../views/policies.ts';
import {backed, declaredPorts, targetOf} from '../views/services.ts';

const numberOn = (pod: V1Pod, target: number | string): number | undefined =>
	typeof target === 'number' ? target : declaredPorts(pod).find(({name}) => name === target)?.containerPort;

/** No rule of any of the policies lets anybody in on the port. */
const isShut = (policies: readonly V1NetworkPolicy[], pod: V1Pod, port: number, protocol: string): boolean =>
	policies.length > 0 && !policies.some(({spec}) => (spec?.ingress ?? []).some(({ports}) => holdsPort(ports, pod, port, protocol)));

export default rule({
	title: 'The network policies on the backends of a Service let somebody in on its ports',
	severity: 'error',
	layer: 'policy',
	why:
		"Once a NetworkPolicy selects a pod, only what a rule admits comes in. A policy counts the pod's own port, after the " +
		"Service's translation: one that names the port of the Service shuts the backends, and clients get timeouts.",
	verify: ['kubectl -n NAMESPACE get networkpolicies', 'kubectl -n NAMESPACE describe networkpolicy NAME'],
	fix: 'Add an ingress rule for the clients and the targetPort (not the port) of the Service.',
	refs: ['https://kubernetes.io/docs/concepts/services-networking/network-policies/'],
	steps: [17],
	needs: ['services', 'pods', 'networkPolicies'],
	evaluate: ({services, pods, networkPolicies}) =>
		networkPolicies.length === 0
			? []
			: backed(services, pods).flatMap(({service, pods: own}) =>
					(service.spec?.ports ?? []).flatMap((port): readonly Finding[] => {
						const {protocol = 'TCP'} = port;
						const ready = readyPods(own);
						const shut = ready.flatMap(pod => {
							const number = numberOn(pod, targetOf(port));
							const policies = policiesOn(pod, 'Ingress', networkPolicies);
							return number !== undefined && isShut(policies, pod, number, protocol) ? [{pod, number, policies}] : [];
						});
						const [first] = shut;
						if (!first) return [];
						const named = first.policies.some(({spec}) =>
							(spec?.ingress ?? []).some(({ports}) => ports?.some(each => each.port === port.port)),
						);
						const all = shut.length === ready.length;
						return [
							{
								about: aboutService(service),
								severity: all ? 'error' : 'warning',
								summary:
									`NetworkPolicy ${someOf(first.policies.map(fullName))} lets nobody in on port ` +
									`${first.number}/${protocol} of ${all ? 'any' : `${shut.length} of ${ready.length}`} backends of ` +
									'Service ' +
									fullName(service) +
									(named ? `: it names ${port.port}, which is the port of the Service and not of the pods` : ''),
								evidence: [
									{from: `${aboutService(service)} .spec.ports`, text: `${portText(port)} to ${targetOf(port)}`},
									...first.policies.map(policy => ({
										from: `NetworkPolicy ${fullName(policy)} .spec.ingress`,
										text: JSON.stringify(policy.spec?.ingress ?? []),
									})),
								],
								fix:
									`admit the clients on port ${first.number}/${protocol} in an ingress rule of ` +
									`${first.policies[0] ? fullName(first.policies[0]) : 'a policy'}`,
								verify: first.policies.slice(0, 2).map(policy => kubectl('describe', 'networkpolicy', policy)),
							},
						];
					}),
				),
});
