import {capabilitiesOf, metBy, type Capabilities} from '../check/needs.ts';
import {stepsOf} from '../cluster/make-cluster.ts';
import type {PlannedCheck} from '../record/events.ts';
import {targetKey} from '../target.ts';
import type {ClusterRef, Target} from '../target.ts';
import {causesOf} from '../usage.ts';
import {toRun} from './plan.ts';
import type {Session} from './session.ts';
import type {World} from './world.ts';

/**
 * Puts into a cluster what the checks that will run ask for, as far as it can be put in there; answers all that the cluster offers then.
 * What fails is told as trouble, and keeps only the checks that need it.
 */
export const withAddOns = async (
	{emit, signal, trouble}: Pick<Session, 'emit' | 'signal' | 'trouble'>,
	target: Target,
	cluster: ClusterRef,
	plan: readonly PlannedCheck[],
	{putIn}: Pick<World, 'putIn'>,
): Promise<Capabilities> => {
	const wanted = new Set(toRun(plan).flatMap(({addOns = []}) => addOns));
	const failed: [keyof Capabilities, Capabilities[keyof Capabilities]][] = [];
	for (const addOn of wanted) {
		if (!cluster.addOns?.[addOn]?.ok) continue;
		const steps = stepsOf(
			targetKey(target),
			emit,
			text => text,
			log => log,
		);
		try {
			await putIn(cluster, addOn, {...steps, signal});
		} catch (error) {
			signal.throwIfAborted();
			trouble(new Error(`${addOn} could not be put into cluster ${cluster.id}`, {cause: error}));
			for (const need of metBy(addOn)) failed.push([need, {ok: false, why: `it could not be put in: ${causesOf(error).join(': ')}`}]);
		}
	}
	return {...(await capabilitiesOf(cluster)), ...Object.fromEntries(failed)};
};
