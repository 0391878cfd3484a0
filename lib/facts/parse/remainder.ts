/** What a parser did not understand, kept so that nobody takes silence for absence. Parsers never throw for odd text. */
export type Remainder = {
	/** From 1; for JSON the place in its outermost list, from 1. 0: the text as a whole. */
	readonly line: number;
	/** As it stands there; very long text is cut. */
	readonly text: string;
	readonly why: string;
};

const KEPT = 500;

/** A remainder with its text cut to a length that can be shown. */
export const remainder = (line: number, text: string, why: string): Remainder => ({
	line,
	text: text.length > KEPT ? `${text.slice(0, KEPT)}…` : text,
	why,
});
