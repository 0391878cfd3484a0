import {isObject, list, number, present, text, texts, type JsonObject} from './json.ts';
import type {NftElement, NftEntry, NftExpression, NftMapping, NftVerdict, Unknown} from './nft-types.ts';

/** nft's own parser nests no deeper; JSON can, without end. */
const DEEPEST = 64;

/** What the reader of one rule is told about things that it keeps as unknown. */
export type Told = (name: string, json: unknown) => Unknown;

const VERDICTS = ['accept', 'drop', 'return', 'continue'] as const;
const OPERATORS = ['|', '&', '^', '<<', '>>'] as const;

/** The verdict of `{"drop": null}` or `{"goto": {"target": …}}`; undefined for everything else. */
export const verdictOf = (json: unknown): NftVerdict | undefined => {
	if (!isObject(json)) return undefined;
	const plain = VERDICTS.find(name => name in json);
	if (plain) return {verdict: plain};
	for (const verdict of ['jump', 'goto'] as const) {
		const to = json[verdict];
		const chain = isObject(to) ? text(to['target']) : undefined;
		if (chain !== undefined) return {verdict, chain};
	}
	return undefined;
};

type Reader = (value: unknown, told: Told, depth: number) => NftExpression | undefined;

const inside =
	(read: (value: JsonObject, told: Told, depth: number) => NftExpression | undefined): Reader =>
	(value, told, depth) =>
		isObject(value) ? read(value, told, depth) : undefined;

const READERS: Readonly<Record<string, Reader>> = {
	prefix: inside(({addr, len}) =>
		typeof addr === 'string' && typeof len === 'number' ? {kind: 'prefix', address: addr, length: len} : undefined,
	),
	range: (value, told, depth) => {
		const [from, to, ...more] = list(value);
		return from === undefined || to === undefined || more.length > 0
			? undefined
			: {kind: 'range', from: expression(from, told, depth), to: expression(to, told, depth)};
	},
	concat: (value, told, depth) =>
		Array.isArray(value) ? {kind: 'concat', parts: value.map(part => expression(part, told, depth))} : undefined,
	payload: inside(({protocol, field}) =>
		typeof protocol === 'string' && typeof field === 'string' ? {kind: 'payload', protocol, field} : undefined,
	),
	meta: inside(({key}) => (typeof key === 'string' ? {kind: 'meta', key} : undefined)),
	ct: inside(({key, dir, family}) =>
		typeof key === 'string' && family === undefined ? {kind: 'ct', key, ...present({direction: text(dir)})} : undefined,
	),
	fib: inside(({result, flags}) => (typeof result === 'string' ? {kind: 'fib', result, flags: texts(flags)} : undefined)),
	numgen: inside(({mode, mod, offset}) =>
		typeof mode === 'string' && typeof mod === 'number' ? {kind: 'numgen', mode, mod, offset: number(offset) ?? 0} : undefined,
	),
	map: inside(({key, data}, told, depth) =>
		key === undefined ? undefined : {kind: 'lookup', key: expression(key, told, depth), map: mapping(data, told, depth)},
	),
	set: (value, told, depth) => ({kind: 'set', elements: list(value).map(one => element(one, told, depth))}),
};

/** Reads an expression. What is not known is kept whole, with its name, and told. */
export const expression = (json: unknown, told: Told, depth = 0): NftExpression => {
	if (depth > DEEPEST) return told('nested too deep', '…');
	if (typeof json === 'string') return json.startsWith('@') ? {kind: 'named', name: json.slice(1)} : {kind: 'value', value: json};
	if (typeof json === 'number' || typeof json === 'boolean') return {kind: 'value', value: json};
	if (Array.isArray(json)) return {kind: 'list', parts: json.map(part => expression(part, told, depth + 1))};
	if (!isObject(json)) return told(String(json), json);
	const verdict = verdictOf(json);
	if (verdict) return {kind: 'verdict', verdict};
	const [name = 'nothing'] = Object.keys(json);
	const op = OPERATORS.find(known => known === name);
	const [first, ...others] = list(json[name]).map(part => (op ? expression(part, told, depth + 1) : undefined));
	// nft 1.0.6 nests pairs, newer ones flatten: a | b | c.
	if (op && first && others.length > 0)
		return others.reduce<NftExpression>((left, right) => ({kind: 'binary', op, left, right: right!}), first);
	return (Object.hasOwn(READERS, name) ? READERS[name]!(json[name], told, depth + 1) : undefined) ?? told(name, json);
};

/** Reads an element of a set or the key of a map: bare, or with comment, timeout and counter. */
export const element = (json: unknown, told: Told, depth = 0): NftElement => {
	const elem = isObject(json) ? json['elem'] : undefined;
	if (!isObject(elem) || elem['val'] === undefined) return {value: expression(json, told, depth + 1)};
	return {
		value: expression(elem['val'], told, depth + 1),
		...present({comment: text(elem['comment']), timeoutSeconds: number(elem['timeout']), expiresSeconds: number(elem['expires'])}),
	};
};

/** Reads the entries of a map: pairs of key and value. */
export const entries = (json: unknown, told: Told, depth = 0): readonly NftEntry[] =>
	list(json).map(pair => {
		const [key, value, ...more] = list(pair);
		return key === undefined || value === undefined || more.length > 0
			? {key: {value: told('map entry', pair)}, value: told('map entry', pair)}
			: {key: element(key, told, depth + 1), value: expression(value, told, depth + 1)};
	});

/** Reads what a lookup looks into: `@name` or `{"set": [[key, value], …]}`. */
export const mapping = (json: unknown, told: Told, depth = 0): NftMapping => {
	if (typeof json === 'string' && json.startsWith('@')) return {kind: 'named', name: json.slice(1)};
	const inner = isObject(json) ? json['set'] : undefined;
	return Array.isArray(inner) ? {kind: 'entries', entries: entries(inner, told, depth + 1)} : told('map', json);
};
