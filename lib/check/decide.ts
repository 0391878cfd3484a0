import type {Skip} from '../record/events.ts';
import {familyOf} from '../check-id.ts';
import {knowsRules} from '../model/rules/supported-minors.ts';
import {minorOf, modeOf, type Target} from '../target.ts';
import type {CheckSpec} from './check.ts';
import {addOnsFor, NEEDS, type Capabilities} from './needs.ts';

/** Locks of what belongs to all users of a cluster that is not ours. */
const DISTURBING: readonly string[] = ['proxy', 'node', 'dns', 'cluster'];

/** Decides, before anything has run, whether a check is left out, and why. */
export const decide = (
	check: CheckSpec,
	id: string,
	target: Pick<Target, 'mode' | 'version' | 'existing'> & {
		capabilities: Capabilities;
		matches: (id: string) => boolean;
		/** Some checks were named, by --match. */
		named?: boolean;
	},
): Skip | undefined => {
	if (!target.matches(id)) return {kind: 'filtered', detail: 'left out by --match'};
	const [addOn] = addOnsFor(check.needs);
	if (addOn !== undefined && target.named === false && !target.existing)
		return {kind: 'filtered', detail: `puts ${addOn} into the cluster: name it, as in --match '${id.split('/')[0]}/*'`};
	if (check.whenNamed !== undefined && target.named === false)
		return {kind: 'filtered', detail: `${check.whenNamed}: name it, as in --match '${id.split('/')[0]}/*'`};
	const mode = modeOf(target.mode);
	// Of a cluster that was not probed yet nothing is ruled out.
	if (check.modes && target.mode !== 'unknown' && !(mode && check.modes.includes(mode)))
		return {
			kind: 'not-applicable',
			detail: `only in ${check.modes.join(' and ')} mode; ${mode ? `this is ${mode}` : 'here is no kube-proxy'}`,
		};
	const family = familyOf(id);
	if (check.families && !check.families.includes(family))
		return {kind: 'not-applicable', detail: `only over ${check.families.join(' and ')}; this is ${family}`};
	const minor = minorOf(target.version);
	const known = check.exactRules && mode && minor !== undefined ? knowsRules(mode, minor) : undefined;
	if (known && !known.ok) return {kind: 'not-applicable', detail: known.why};
	const disturbed = (check.exclusive ?? []).filter(lock => DISTURBING.includes(lock));
	if (target.existing && !target.existing.disruptive && disturbed.length > 0)
		return {kind: 'unsupported', detail: `disturbs what others use (${disturbed.join(', ')}): --disruptive allows it`};
	const missing = (check.needs ?? []).flatMap(need => {
		const support = target.capabilities[need];
		return support.ok ? [] : [`needs ${NEEDS[need].words}: ${support.why}`];
	});
	return missing.length > 0 ? {kind: 'unsupported', detail: missing.join('; ')} : undefined;
};
