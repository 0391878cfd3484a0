export type Word = {readonly word: string; /** In quotes: a value, whatever it begins with. */ readonly quoted: boolean};

/**
 * Splits a line at blanks; a word may be in double quotes. `escapes`: backslashes in quotes are taken away (iptables writes them, ipset
 * does not). Undefined when a quote is not closed.
 */
export const wordsOf = (line: string, escapes: boolean): readonly Word[] | undefined => {
	const found: Word[] = [];
	const pattern = escapes ? /\s*(?:"((?:[^"\\]|\\.)*)"|([^\s"]+))(?=\s|$)/gy : /\s*(?:"([^"]*)"|([^\s"]+))(?=\s|$)/gy;
	const end = line.trimEnd().length;
	while (pattern.lastIndex < end) {
		const match = pattern.exec(line);
		if (!match) return undefined;
		const [, inside, bare = ''] = match;
		found.push(
			inside === undefined ? {word: bare, quoted: false} : {word: escapes ? inside.replaceAll(/\\(.)/g, '$1') : inside, quoted: true},
		);
	}
	return found;
};
