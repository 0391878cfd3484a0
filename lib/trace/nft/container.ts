import type {NftElement, NftExpression} from '../../facts/parse/nft-types.ts';
import {holds, rangeOf} from '../ip.ts';
import {all, type Truth} from '../truth.ts';
import {keyOf, ofConstant, type Scalar, type Value} from './value.ts';

/** A set or a map, ready for look-ups. The answer tells what belongs to a value, or whether that cannot be told. */
export type Container<T> = (value: Value) => {readonly found: T} | {readonly unclear: string} | undefined;

type Matcher = (scalar: Scalar) => Truth;

const within = (scalar: Scalar, first: bigint | undefined, last: bigint | undefined): boolean =>
	scalar.number !== undefined && first !== undefined && last !== undefined && first <= scalar.number && scalar.number <= last;

/** One dimension of an element, or what one value is compared with. */
export const matcherOf = (expression: NftExpression, isProtocol: boolean): Matcher => {
	if (expression.kind === 'prefix') {
		const range = rangeOf(`${expression.address}/${expression.length}`);
		return ({ip}) => range !== undefined && ip !== undefined && holds(range, ip);
	}

	if (expression.kind === 'range' && expression.from.kind === 'value' && expression.to.kind === 'value') {
		const [from, to] = [ofConstant(expression.from.value, false), ofConstant(expression.to.value, false)];
		return scalar => from.ip?.family === scalar.ip?.family && within(scalar, from.number, to.number);
	}

	if (expression.kind !== 'value') return () => ({unclear: 'an element is not understood'});
	const {text} = ofConstant(expression.value, isProtocol);
	// `eth*` of interfaces; a single `*` is for all that nothing else is there for.
	return text.endsWith('*') ? scalar => scalar.text.startsWith(text.slice(0, -1)) : scalar => scalar.text === text;
};

const constantKey = (expression: NftExpression, protocols: readonly boolean[]): string | undefined => {
	const parts = expression.kind === 'concat' ? expression.parts : [expression];
	const texts = parts.map((part, at) => (part.kind === 'value' ? ofConstant(part.value, protocols[at] ?? false).text : undefined));
	return texts.every(text => text !== undefined && !text.endsWith('*')) ? texts.join(' . ') : undefined;
};

const isCatchAll = ({kind, ...rest}: NftExpression): boolean => kind === 'value' && 'value' in rest && rest.value === '*';

/** Prepares elements and what belongs to each; `protocols` as of the key (`protocolsIn`). */
export const containerOf = <T>(
	entries: ReadonlyArray<{readonly element: NftElement; readonly data: T}>,
	protocols: readonly boolean[],
): Container<T> => {
	const exact = new Map<string, T>();
	const others: {
		readonly matchers: readonly Matcher[];
		readonly isWide: boolean;
		readonly data: T;
	}[] = [];
	// An element that lives for a while is what some other client left there.
	const lasting = entries.filter(({element: {expiresSeconds}}) => expiresSeconds === undefined);
	for (const {
		element: {value},
		data,
	} of [...lasting.filter(({element}) => !isCatchAll(element.value)), ...lasting.filter(({element}) => isCatchAll(element.value))]) {
		const key = constantKey(value, protocols);
		if (key !== undefined) exact.set(key, data);
		else
			others.push({
				matchers: (value.kind === 'concat' ? value.parts : [value]).map((part, at) => matcherOf(part, protocols[at] ?? false)),
				isWide: isCatchAll(value),
				data,
			});
	}

	return value => {
		if (value.kind === 'unclear') return {unclear: value.why};
		const key = keyOf(value);
		if (key === undefined) return {unclear: 'a set is asked for what it cannot hold'};
		if (exact.has(key)) return {found: exact.get(key) as T};
		const parts = value.kind === 'tuple' ? value.parts : value.kind === 'scalar' ? [value] : [];
		for (const {matchers, isWide, data} of others) {
			const truth = isWide || (matchers.length === parts.length && all(matchers.map((matches, at) => matches(parts[at]!))));
			if (truth === true) return {found: data};
			if (truth !== false) return truth;
		}

		return undefined;
	};
};
