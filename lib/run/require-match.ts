import {matcher} from '../check/match.ts';
import {UsageError} from '../usage.ts';
import type {FoundCheck} from './checks.ts';
import {STANDARD, type Given} from '../options/options.ts';
import {namedIn} from './plan.ts';

/** Throws UsageError where --match fits no check, as it is named in the cluster that is asked for. */
export const requireMatch = (
	checks: readonly FoundCheck[],
	match: readonly string[],
	{reuse, family = STANDARD.family}: Pick<Given, 'reuse' | 'family'>,
): void => {
	const fits = (found: readonly FoundCheck[]): boolean => found.some(({id}) => matcher(match)(id));
	const inBoth = fits(namedIn(checks, 'dual'));
	if (fits(namedIn(checks, family)) || (reuse !== undefined && inBoth)) return;
	if (inBoth) throw new UsageError(`--match ${match.join(',')} names a family, as only checks in a cluster with --family dual do`);
	throw new UsageError(`--match ${match.join(',')} fits none of the ${checks.length} checks; \`vipcheck list\` shows them`);
};
