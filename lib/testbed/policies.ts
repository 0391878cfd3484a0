import type {V1NetworkPolicy, V1NetworkPolicySpec} from '@kubernetes/client-node';
import {FAILOVER_LIMIT_MS} from '../limits.ts';
import {Violation} from '../record/problem.ts';
import {eventually} from '../wait/eventually.ts';
import {sendFlows, type Flow} from './flows.ts';
import type {Testbed} from './testbed.ts';

/** Makes a NetworkPolicy in the check's namespace; it goes with that. */
export const policy = async ({kube, namespace}: Testbed, name: string, spec: V1NetworkPolicySpec): Promise<void> => {
	await kube.apply<V1NetworkPolicy>({
		apiVersion: 'networking.k8s.io/v1',
		kind: 'NetworkPolicy',
		metadata: {name, namespace},
		spec,
	});
};

/** The same ways, denied by a policy: it says nothing to the client, who waits in vain. */
export const denied = (flows: readonly Flow[]): readonly Flow[] => flows.map(flow => ({...flow, expected: {outcome: 'timeout'}}));

const isDenied = ({expected}: Flow): boolean => expected.outcome === 'timeout';

/** Waits until what is denied is not answered any more. A Violation of layer `policy` where it goes on to be. */
export const inForce = async ({signal}: Testbed, flows: readonly Flow[]): Promise<void> =>
	eventually(
		'the policies are in force',
		async () => {
			const answers = await Promise.all(
				flows.filter(isDenied).map(async ({from, to, row}) => {
					const dials = await from.dial(to, {count: 1, timeoutMs: 1000});
					return dials.some(({outcome}) => outcome === 'answered') ? [row] : [];
				}),
			);
			const through = answers.flat();
			return through.length === 0 ? {done: true, value: undefined} : {done: false, observed: `still answered: ${through.join(', ')}`};
		},
		{timeoutMs: FAILOVER_LIMIT_MS, signal, problem: {layer: {name: 'policy', detail: 'nobody enforces what the policies deny'}}},
	);

/** Sends them all. That somebody gets in whom a policy denies is of layer `policy`; who is kept out is left to the walk. */
export const sendPoliced = async (testbed: Testbed, title: string, flows: readonly Flow[]): Promise<void> => {
	const [shut, open] = [flows.filter(isDenied), flows.filter(flow => !isDenied(flow))];
	try {
		await sendFlows(testbed, `${title}: denied`, shut);
	} catch (error) {
		if (!(error instanceof Violation)) throw error;
		throw new Violation({...error.problem, layer: {name: 'policy', detail: 'what a NetworkPolicy denies is answered'}});
	}
	await sendFlows(testbed, `${title}: allowed`, open);
};
