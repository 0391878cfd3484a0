/** Answers a test for ids: those that one of the patterns fits (all, where there is none) and that no pattern with `!` before it fits. */
export const matcher = (patterns: readonly string[]): ((id: string) => boolean) => {
	const {wanted, excluded} = splitPatterns(patterns);
	const [isWanted, isExcluded] = [wanted, excluded].map(some => some.map(fitter)) as [Fits[], Fits[]];
	return id => (isWanted.length === 0 || isWanted.some(fits => fits(id))) && !isExcluded.some(fits => fits(id));
};

/** Some checks are named by the patterns, not only left out. */
export const namesChecks = (patterns: readonly string[]): boolean => splitPatterns(patterns).wanted.length > 0;

/** Single patterns as they were given, separated by commas or spaces; `!` before one leaves out what it fits. */
export const splitPatterns = (patterns: readonly string[]): {readonly wanted: readonly string[]; readonly excluded: readonly string[]} => {
	const single = patterns.flatMap(p => p.split(/[\s,]+/)).filter(p => p !== '');
	return {
		wanted: single.filter(pattern => !pattern.startsWith('!')),
		excluded: single.filter(pattern => pattern.startsWith('!')).map(pattern => pattern.slice(1)),
	};
};

type Fits = (id: string) => boolean;

/**
 * A pattern is an id, the beginning of one up to a slash (`nodeport`), or has `*` for any run of characters; with two families it fits the
 * check in both unless it names one (`dns/srv@ipv6`).
 */
const fitter = (pattern: string): Fits => {
	const expression = new RegExp(`^${pattern.replace(/\/$/, '').split('*').map(literally).join('.*')}([/@].*)?$`);
	return id => expression.test(id);
};

const literally = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
