/** A piece of nft's text. `word` is everything between blanks that is none of the others. */
export type Token = {
	readonly kind: 'word' | 'quoted' | 'mark' | 'end of line' | 'remark';
	readonly text: string;
	/** From 1. */
	readonly line: number;
};

const PIECE = /(?<end>\n)|[^\S\n]+|"(?<quoted>[^"\n]*)"|#(?<remark>[^\n]*)|(?<mark>[{}(),;])|(?<word>[^\s{}(),;"#]+)|(?<odd>.)/g;

/**
 * Splits text as nft writes it. Total: a quote that is not closed is a word of its own. Ends of lines within braces mean nothing and are
 * left out.
 */
export const tokensOf = (text: string): readonly Token[] => {
	const tokens: Token[] = [];
	let line = 1;
	for (const {groups = {}} of text.matchAll(PIECE)) {
		const {end, quoted, remark, mark, word, odd} = groups;
		if (end !== undefined) {
			tokens.push({kind: 'end of line', text: '', line});
			line++;
		} else if (quoted !== undefined) tokens.push({kind: 'quoted', text: quoted, line});
		else if (remark !== undefined) tokens.push({kind: 'remark', text: remark.trim(), line});
		else if (mark !== undefined) tokens.push({kind: 'mark', text: mark, line});
		else if (word !== undefined || odd !== undefined) tokens.push({kind: 'word', text: word ?? odd ?? '', line});
	}

	return tokens;
};

/** A place in tokens that moves on as they are read. */
export type Cursor = {
	/** The next token's text if it is a word or a mark; '' for a quoted one and at the end. */
	peek(ahead?: number): string;
	token(): Token | undefined;
	/** Takes the next token, whatever it is. Throws Misread at the end. */
	take(): Token;
	/** Takes the next token if it is this word or mark. */
	skip(text: string): boolean;
	/** As `skip`; throws Misread if it is another. */
	expect(text: string): void;
	/** Where it stands, and back to there. */
	at(): number;
	back(to: number): void;
};

/** Text that is not as nft writes it; caught where its rule or object ends. */
export class Misread extends Error {
	override name = 'Misread';
}

export const cursorOf = (tokens: readonly Token[]): Cursor => {
	let at = 0;
	const peek = (ahead = 0): string => {
		const token = tokens[at + ahead];
		return token && token.kind !== 'quoted' ? token.text : '';
	};
	const take = (): Token => {
		const token = tokens[at];
		if (!token) throw new Misread('the text ends too early');
		at++;
		return token;
	};
	const skip = (text: string): boolean => {
		const isIt = peek() === text && tokens[at] !== undefined;
		if (isIt) at++;
		return isIt;
	};
	return {
		peek,
		take,
		skip,
		token: () => tokens[at],
		expect(text) {
			if (!skip(text)) throw new Misread(`${JSON.stringify(text)} is expected at ${JSON.stringify(tokens[at]?.text ?? '')}`);
		},
		at: () => at,
		back(to) {
			at = to;
		},
	};
};

const UNITS: Readonly<Record<string, number>> = {d: 86_400, h: 3600, m: 60, s: 1, ms: 0.001};

/** Seconds of `1h30m`, `10s`, `500ms`; undefined: not a time. */
export const secondsOf = (text: string): number | undefined =>
	/^(?:\d+(?:ms|[dhms]))+$/.test(text)
		? [...text.matchAll(/(\d+)(ms|[dhms])/g)].reduce((sum, [, count, unit = '']) => sum + Number(count) * (UNITS[unit] ?? 0), 0)
		: undefined;
