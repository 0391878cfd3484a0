/** Looks into JSON of unknown shape, without throwing. */

export type JsonObject = Readonly<Record<string, unknown>>;

export const isObject = (value: unknown): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value);

/** The value as a string, if it is one. */
export const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/** The value as a number, if it is one. */
export const number = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined);

/** The value as a list; one thing that is not a list is a list of one, nothing an empty one. */
export const list = (value: unknown): readonly unknown[] =>
	Array.isArray(value) ? value : value === undefined || value === null ? [] : [value];

/** The strings of a list, or of the one string. */
export const texts = (value: unknown): readonly string[] => list(value).filter(one => typeof one === 'string');

/** The object that an object holds by a name; an empty one if there is none. */
export const part = (whole: JsonObject, name: string): JsonObject => {
	const value = whole[name];
	return isObject(value) ? value : {};
};

/** The properties that are there: `exactOptionalPropertyTypes` has no place for undefined. */
export const present = <T extends Record<string, unknown>>(properties: T): {[K in keyof T]?: Exclude<T[K], undefined>} =>
	Object.fromEntries(Object.entries(properties).filter(([, value]) => value !== undefined)) as {
		[K in keyof T]?: Exclude<T[K], undefined>;
	};

/** Reads JSON text; text that is none has a reason. */
export const readJson = (source: string): {readonly ok: true; readonly value: unknown} | {readonly ok: false; readonly why: string} => {
	try {
		return {ok: true, value: JSON.parse(source)};
	} catch (error) {
		if (error instanceof SyntaxError) return {ok: false, why: error.message};
		throw error;
	}
};
