import {MODES} from '../target.ts';
import type {FoundCheck} from './checks.ts';
import {withRows} from './plan.ts';

/** All that is said of the checks before they run, a row by its own id; plain JSON, for `list --json`. */
export const catalogue = (checks: readonly FoundCheck[]) =>
	checks.flatMap(found =>
		withRows(found).map(({id, check}) => ({
			id,
			title: found.check.title,
			statement: check.title,
			why: check.why,
			modes: check.modes ?? MODES,
			needs: check.needs ?? [],
			refs: check.refs,
			...('faults' in check ? {faults: check.faults} : {noFault: check.noFault}),
			...(found.check.rows && {row: id.slice(found.id.length + 1)}),
		})),
	);
