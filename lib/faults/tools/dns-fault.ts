import type {KubernetesObject, V1ConfigMap} from '@kubernetes/client-node';
import {dnsProgrammed} from '../../testbed/name-servers.ts';
import type {Testbed} from '../../testbed/testbed.ts';
import {questionsAbout, reverseName} from '../../model/dns-names.ts';
import {FORGERIES, withForged, type Forged} from './corefile.ts';
import type {Command} from '../../change/command.ts';
import {FaultError, type ClusterFault, type Plan} from './fault.ts';

const NAMESPACE = 'kube-system';
const NAME = 'coredns';

/** What is forged of a namespace: no answer at all is an error, as there was nothing to forge. */
type Forge = (testbed: Testbed) => Promise<readonly Forged[]>;

/** Answers to all questions about the namespace's Services, as they are now but for the forgery. */
const forgeAll = async (testbed: Testbed, forgery: keyof typeof FORGERIES): Promise<readonly Forged[]> => {
	const {items} = await testbed.kube.core.listNamespacedService({namespace: testbed.namespace});
	const place = await testbed.vantage.pod(testbed.workers[0].name);
	const questions = items.flatMap(service => [
		...questionsAbout(service, testbed.family),
		...(service.spec?.clusterIPs ?? []).filter(ip => ip !== 'None').map(ip => ({name: reverseName(ip), type: 'PTR' as const})),
	]);
	const forged = await Promise.all(
		questions.map(async ({name, type}) => {
			const {rcode, answers, additionals} = await place.lookup(name, type, {protocol: 'TCP'});
			// A Service whose name does not exist, and is meant not to, has nothing that could be forged.
			return rcode === 'NOERROR' && answers.length > 0 ? [{name, type, answers: FORGERIES[forgery](answers), additionals}] : [];
		}),
	);
	if (forged.flat().length === 0)
		throw new FaultError(`none of ${questions.map(({name, type}) => `${type} ${name}`).join(', ')} has an answer that could be forged`);
	return forged.flat();
};

/** CoreDNS reads a new Corefile half a minute after kubelet has brought it, a minute later; pods that start now read it now. */
const restart = (annotation: string | undefined): readonly Command[] => {
	const deployment: KubernetesObject & {spec?: object} = {
		apiVersion: 'apps/v1',
		kind: 'Deployment',
		metadata: {name: NAME, namespace: NAMESPACE},
		...(annotation !== undefined && {spec: {template: {metadata: {annotations: {'vipcheck.fault': annotation}}}}}),
	};
	return [
		{kind: 'api', verb: 'apply', object: deployment},
		{kind: 'rollout', namespace: NAMESPACE, deployment: NAME},
	];
};

const plan = async (testbed: Testbed, forge: Forge): Promise<Plan> => {
	const {data} = await testbed.kube.core.readNamespacedConfigMap({namespace: NAMESPACE, name: NAME});
	const corefile = data?.['Corefile'];
	if (corefile === undefined) throw new FaultError(`ConfigMap ${NAMESPACE}/${NAME} has no Corefile`);
	const forged = withForged(corefile, await forge(testbed));
	const apply = (text: string): Command => {
		const object: V1ConfigMap = {
			apiVersion: 'v1',
			kind: 'ConfigMap',
			metadata: {name: NAME, namespace: NAMESPACE},
			data: {Corefile: text},
		};
		return {kind: 'api', verb: 'apply', object};
	};
	return {
		inject: [apply(forged), ...restart(testbed.namespace)],
		// Without the annotation the template is the one from before.
		undo: [apply(corefile), ...restart(undefined)],
		// Until then the DNS Service still leads to servers with the old Corefile.
		async inForce() {
			await dnsProgrammed(testbed);
			return {done: true, value: undefined};
		},
	};
};

/** CoreDNS with a Corefile that gives some answers of its own. */
export const forgedDns = (title: string, forge: Forge): ClusterFault => ({
	title,
	layer: 'dns',
	on: 'cluster',
	when: 'settled',
	applies: () => ({ok: true, how: 'a Corefile in ConfigMap kube-system/coredns'}),
	plan: async testbed => plan(testbed, forge),
});

/** CoreDNS with a Corefile that forges the answers for the check's Services. */
export const dnsFault = (forgery: keyof typeof FORGERIES, title: string): ClusterFault =>
	forgedDns(title, async testbed => forgeAll(testbed, forgery));
