import type {Skip} from '../events.ts';
import {knowsRules} from '../model/rules/supported-minors.ts';
import {minorOf, type Support, type Target} from '../target.ts';
import type {CheckSpec, Need} from './check.ts';

/** What the cluster offers beyond its API, with the reason where it does not. */
export type Capabilities = Readonly<Record<Need, Support>>;

/** Decides, before anything has run, whether a check is left out, and why. */
export const decide = (check: CheckSpec, id: string, target: Pick<Target, 'mode' | 'version'> & {capabilities: Capabilities; matches: (id: string) => boolean}): Skip | undefined => {
	if (!target.matches(id)) return {kind: 'filtered', detail: 'left out by --match'};
	if (check.modes && !check.modes.includes(target.mode)) return {kind: 'not-applicable', detail: `only in ${check.modes.join(' and ')} mode; this is ${target.mode}`};
	const minor = minorOf(target.version);
	const known = check.exactRules && minor !== undefined ? knowsRules(target.mode, minor) : undefined;
	if (known && !known.ok) return {kind: 'not-applicable', detail: known.why};
	const missing = (check.needs ?? []).flatMap(need => {
		const support = target.capabilities[need];
		return support.ok ? [] : [`needs ${NEED_NAMES[need]}: ${support.why}`];
	});
	return missing.length > 0 ? {kind: 'unsupported', detail: missing.join('; ')} : undefined;
};

const NEED_NAMES: Readonly<Record<Need, string>> = {'node-access': 'a shell on the nodes', 'outside-host': 'a host on the nodes\' segment that is not a node'};
