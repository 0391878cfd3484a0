import {isObject, list, number, present, text, texts, type JsonObject} from './json.ts';
import {element, expression, mapping, verdictOf, type Told} from './nft-expression.ts';
import type {NftExpression, NftNat, NftStatement} from './nft-types.ts';

type Reader = (value: JsonObject, told: Told) => NftStatement | undefined;

const COMPARISONS = ['==', '!=', '<', '>', '<=', '>=', 'in'] as const;

/** Anything beside these would change what the statement means. */
const NAT_KEYS = ['family', 'addr', 'port', 'flags'];

const nat =
	(kind: NftNat['kind']): Reader =>
	(value, told) =>
		Object.keys(value).some(key => !NAT_KEYS.includes(key))
			? undefined
			: {
					kind,
					flags: texts(value['flags']),
					...present({
						family: text(value['family']),
						address: value['addr'] === undefined ? undefined : expression(value['addr'], told),
						port: value['port'] === undefined ? undefined : expression(value['port'], told),
					}),
				};

const MARK_BITS = 32;

/** nft writes a mask from the highest bit of a mark down as a prefix: `meta mark & 0x80000000 == 0x0` as `meta mark 0/1`. */
const masked = (left: NftExpression, right: unknown): {readonly left: NftExpression; readonly right: NftExpression} | undefined => {
	const prefix = isObject(right) && isObject(right['prefix']) ? right['prefix'] : {};
	const {addr, len} = prefix;
	if (
		typeof addr !== 'number' ||
		typeof len !== 'number' ||
		!(len > 0 && len <= MARK_BITS) ||
		(left.kind !== 'meta' && left.kind !== 'ct') ||
		left.key !== 'mark'
	)
		return undefined;
	const mask = 2 ** MARK_BITS - 2 ** (MARK_BITS - len);
	return {left: {kind: 'binary', op: '&', left, right: {kind: 'value', value: mask}}, right: {kind: 'value', value: addr}};
};

const READERS: Readonly<Record<string, Reader>> = {
	match: ({op, left, right}, told) => {
		const known = COMPARISONS.find(one => one === op);
		if (!known || left === undefined || right === undefined) return undefined;
		const compared = expression(left, told);
		return {kind: 'match', op: known, ...(masked(compared, right) ?? {left: compared, right: expression(right, told)})};
	},
	vmap: ({key, data}, told) => (key === undefined ? undefined : {kind: 'vmap', key: expression(key, told), map: mapping(data, told)}),
	mangle: ({key, value}, told) =>
		key === undefined || value === undefined ? undefined : {kind: 'assign', to: expression(key, told), value: expression(value, told)},
	dnat: nat('dnat'),
	snat: nat('snat'),
	masquerade: nat('masquerade'),
	redirect: nat('redirect'),
	reject: ({type, expr}) =>
		expr === undefined || typeof expr === 'string' ? {kind: 'reject', ...present({type: text(type), code: text(expr)})} : undefined,
	set: ({op, elem, set, stmt}, told) =>
		typeof op === 'string' && typeof set === 'string' && elem !== undefined
			? {
					kind: 'set',
					op,
					set: set.replace(/^@/, ''),
					element: element(elem, told),
					...(stmt !== undefined && {statements: list(stmt).map(one => statement(one, told))}),
				}
			: undefined,
	counter: ({packets, bytes}) => ({kind: 'counter', ...present({packets: number(packets), bytes: number(bytes)})}),
	log: ({prefix}) => ({kind: 'log', ...present({prefix: text(prefix)})}),
	notrack: () => ({kind: 'notrack'}),
	xt: ({type, name}) => (typeof type === 'string' && typeof name === 'string' ? {kind: 'xt', type, name} : undefined),
};

/** Reads one statement of a rule. What is not known is kept whole, with its name, and told. */
export const statement = (json: unknown, told: Told): NftStatement => {
	const verdict = verdictOf(json);
	if (verdict) return {kind: 'verdict', verdict};
	if (!isObject(json)) return told(String(json), json);
	const [name = 'nothing', ...more] = Object.keys(json);
	if (more.length > 0) return told([name, ...more].join(' and '), json);
	const value = json[name];
	if (name === 'counter' && typeof value === 'string') return {kind: 'counter', name: value};
	// `{"masquerade": null}` has no options.
	const body = value === null ? {} : value;
	return (Object.hasOwn(READERS, name) && isObject(body) ? READERS[name]!(body, told) : undefined) ?? told(name, json);
};
