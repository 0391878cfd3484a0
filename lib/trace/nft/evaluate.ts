import type {NftExpression} from '../../facts/parse/nft-types.ts';
import {expressionText} from '../../model/rules/nftables/expression.ts';
import {markOf} from '../marks.ts';
import {isTracked, type Path, type Walk} from '../path.ts';
import {selectorOf} from './selector.ts';
import type {Table} from './table.ts';
import {NONE, ofConstant, ofNumber, sure, unclear, type Scalar, type Value, type Weighted} from './value.ts';

/** An expression, ready for packets: all that it can come to, by chance. The shares add up to 1. */
export type Evaluator = (path: Path, walk: Walk) => readonly Weighted[];

const MOST_NUMBERS = 65_536;
const MOST_COMBINED = 65_536;

const numbers = (mod: number, offset: number): Evaluator => {
	if (!(Number.isInteger(mod) && mod > 0 && mod <= MOST_NUMBERS && Number.isInteger(offset)))
		return () => sure(unclear(`numgen mod ${mod} is not understood`));
	const all = Array.from({length: mod}, (_, at) => ({share: 1 / mod, value: ofNumber(offset + at)}));
	return () => all;
};

/** Several expressions at once: every combination of what they can come to. */
const combined =
	(evaluators: readonly Evaluator[], make: (values: readonly Value[]) => Value): Evaluator =>
	(path, walk) => {
		let rows: readonly {readonly share: number; readonly values: readonly Value[]}[] = [{share: 1, values: []}];
		for (const evaluate of evaluators) {
			const next = evaluate(path, walk);
			if (rows.length * next.length > MOST_COMBINED) return sure(unclear('chance upon chance'));
			rows = rows.flatMap(({share, values}) => next.map(each => ({share: share * each.share, values: [...values, each.value]})));
		}

		return rows.map(({share, values}) => ({
			share,
			value: values.find(({kind}) => kind === 'none') ?? values.find(({kind}) => kind === 'unclear') ?? make(values),
		}));
	};

const tuple = (values: readonly Value[]): Value =>
	values.every((value): value is Scalar => value.kind === 'scalar')
		? {kind: 'tuple', parts: values}
		: unclear('a part of several is not understood');

const OPERATORS: Readonly<Record<'|' | '&' | '^' | '<<' | '>>', (a: bigint, b: bigint) => bigint>> = {
	'|': (a, b) => a | b,
	'&': (a, b) => a & b,
	'^': (a, b) => a ^ b,
	'<<': (a, b) => a << (b & 31n),
	'>>': (a, b) => a >> (b & 31n),
};

const calculated =
	(op: keyof typeof OPERATORS) =>
	([left, right]: readonly Value[]): Value => {
		const [a, b] = [left, right].map(value => (value?.kind === 'scalar' ? value.number : undefined));
		return a === undefined || b === undefined
			? unclear(`${op} of what are no numbers`)
			: ofNumber(Number(BigInt.asUintN(32, OPERATORS[op](a, b))));
	};

const BIT_WORDS = ['fin', 'syn', 'rst', 'psh', 'ack', 'urg', 'ecn', 'cwr'];

/** The words of a mask: `syn`, `fin,syn`, `(fin | syn)`; undefined: it is none of words. */
const maskOf = (expression: NftExpression): readonly string[] | undefined => {
	if (expression.kind === 'value') return BIT_WORDS.includes(String(expression.value)) ? [String(expression.value)] : undefined;
	const parts =
		expression.kind === 'list'
			? expression.parts
			: expression.kind === 'binary' && expression.op === '|'
				? [expression.left, expression.right]
				: [];
	const words = parts.map(maskOf);
	return words.length > 0 && words.every(each => each !== undefined) ? words.flat() : undefined;
};

/**
 * `meta mark & 0x4000`: bits that cannot be told do not matter where they are not asked for. `tcp flags & (fin | syn)`: those of the packet
 * among them.
 */
const underMask = ({left, right}: NftExpression & {readonly kind: 'binary'}): Evaluator | undefined => {
	const which = left.kind === 'meta' || left.kind === 'ct' ? left.key : undefined;
	if (which === 'mark' && right.kind === 'value' && typeof right.value === 'number') {
		const mask = right.value;
		return path => {
			if (left.kind === 'ct' && !isTracked(path)) return sure(NONE);
			const found = markOf(path, left.kind === 'ct' ? 'connectionMark' : 'mark', mask);
			return sure(typeof found === 'number' ? ofNumber(found) : unclear(found.unclear));
		};
	}

	const words = left.kind === 'payload' && left.field === 'flags' ? maskOf(right) : undefined;
	if (!words) return undefined;
	const select = selectorOf(left as NftExpression & {readonly kind: 'payload'});
	return (path, walk) => {
		const value = select(path, walk);
		return sure(value.kind === 'bits' ? {kind: 'bits', words: value.words.filter(word => words.includes(word))} : value);
	};
};

const lookup = ({key, map}: NftExpression & {readonly kind: 'lookup'}, table: Table): Evaluator => {
	const container = table.mapFor(map, key);
	if (!container) return () => sure(unclear(`there is no map ${map.kind === 'named' ? map.name : 'there'}`));
	const evaluate = evaluatorOf(key, table);
	const prepared = new Map<NftExpression, Evaluator>();
	const valueOf = (expression: NftExpression): Evaluator => {
		const known = prepared.get(expression) ?? evaluatorOf(expression, table);
		prepared.set(expression, known);
		return known;
	};

	return (path, walk) =>
		evaluate(path, walk).flatMap(({share, value}) => {
			if (value.kind === 'none') return [{share, value}];
			const answer = container(value);
			if (!answer) return [{share, value: NONE}];
			return 'unclear' in answer
				? [{share, value: unclear(answer.unclear)}]
				: valueOf(answer.found)(path, walk).map(each => ({share: share * each.share, value: each.value}));
		});
};

/** Prepares an expression. */
export const evaluatorOf = (expression: NftExpression, table: Table): Evaluator => {
	switch (expression.kind) {
		case 'payload':
		case 'meta':
		case 'ct':
		case 'fib': {
			const select = selectorOf(expression);
			return (path, walk) => sure(select(path, walk));
		}

		case 'value': {
			const constant = sure(ofConstant(expression.value, false));
			return () => constant;
		}

		case 'verdict':
			return () => sure(expression);
		case 'numgen':
			return numbers(expression.mod, expression.offset);
		case 'concat':
			return combined(
				expression.parts.map(part => evaluatorOf(part, table)),
				tuple,
			);
		case 'binary':
			return (
				(expression.op === '&' && underMask(expression)) ||
				combined([evaluatorOf(expression.left, table), evaluatorOf(expression.right, table)], calculated(expression.op))
			);
		case 'lookup':
			return lookup(expression, table);
		// Only on the right of a comparison.
		case 'named':
		case 'prefix':
		case 'range':
		case 'list':
		case 'set':
		case 'unknown':
			return () => sure(unclear(`${expressionText(expression)} is not understood`));
	}
};
