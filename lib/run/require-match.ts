import {matcher, splitPatterns} from '../check/match.ts';
import {UsageError} from '../usage.ts';
import type {FoundCheck} from './checks.ts';
import {STANDARD, type Given} from '../options/options.ts';
import {namedIn} from './plan.ts';

/**
 * Throws UsageError where a pattern of --match fits no check, as checks are named in the cluster that is asked for (one that is misspelt
 * beside others would go unnoticed), or where they leave none.
 */
export const requireMatch = (
	checks: readonly FoundCheck[],
	match: readonly string[],
	{reuse, family = STANDARD.family}: Pick<Given, 'reuse' | 'family'>,
): void => {
	// A cluster that is there tells its families later.
	const here = namedIn(checks, reuse === undefined ? family : 'dual');
	const fits = (found: readonly FoundCheck[], patterns: readonly string[]): boolean => found.some(({id}) => matcher(patterns)(id));
	const {wanted, excluded} = splitPatterns(match);
	for (const pattern of [...wanted, ...excluded]) {
		if (fits(here, [pattern])) continue;
		if (fits(namedIn(checks, 'dual'), [pattern]))
			throw new UsageError(`--match ${pattern} names a family, as only checks in a cluster with --family dual do`);
		throw new UsageError(`--match ${pattern} fits none of the ${checks.length} checks; \`vipcheck list\` shows them`);
	}
	if (!fits(here, match)) throw new UsageError(`--match ${match.join(',')} leaves none of the ${checks.length} checks`);
};
