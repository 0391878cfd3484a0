const plain = /^[\w@%+=:,./-]+$/;

/** The arguments as one line that can be pasted into a POSIX shell. */
export const quote = (argv: readonly string[]): string =>
	argv.map(word => (plain.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`)).join(' ');

/** The same for a message: long arguments (a whole program) are cut. */
export const brief = (argv: readonly string[]): string => {
	const line = quote(argv).replaceAll(/\s+/g, ' ');
	return line.length > 160 ? `${line.slice(0, 157)}…` : line;
};

/** The end of what a program said, for a message; empty when it said nothing. */
export const tail = (output: string): string => {
	const text = output.trim();
	return text === '' ? '' : `: ${text.length > 2000 ? `…${text.slice(-2000)}` : text}`;
};
