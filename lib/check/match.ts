/**
 * Answers a test for ids. A pattern is an id, the beginning of one up to a slash (`nodeport`), or has `*` for any run of characters;
 * with two families it fits the check in both unless it names one (`dns/srv@ipv6`);
 * several patterns, one of which must fit, are separated by commas. No pattern: all ids.
 */
export const matcher = (patterns: readonly string[]): ((id: string) => boolean) => {
	const expressions = splitPatterns(patterns).map(
		pattern => new RegExp(`^${pattern.replace(/\/$/, '').split('*').map(literally).join('.*')}([/@].*)?$`),
	);
	return id => expressions.length === 0 || expressions.some(expression => expression.test(id));
};

/** The single patterns of what was given with commas and spaces. */
const splitPatterns = (patterns: readonly string[]): string[] => patterns.flatMap(p => p.split(/[\s,]+/)).filter(p => p !== '');

const literally = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
