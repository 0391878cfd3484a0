import type {NftExpression, NftStatement} from '../../facts/parse/nft-types.ts';
import {recognise, type Path, type Walk} from '../path.ts';
import {any, not, type Truth} from '../truth.ts';
import {matcherOf} from './container.ts';
import {evaluatorOf} from './evaluate.ts';
import {isRemembered, setOf, type Table} from './table.ts';
import {MISSING, ofConstant, protocolsIn, type Value} from './value.ts';

type Match = NftStatement & {readonly kind: 'match'};
type Comparison = (value: Value, path: Path, walk: Walk) => Truth;

/** What a match comes to: shares that hold, do not, and cannot be told. */
export type Compared = {
	readonly share: number;
	readonly truth: Truth;
	readonly path: Path;
};

const inContainer = (container: ReturnType<typeof setOf>, value: Value): Truth => {
	const answer = container(value);
	return answer === undefined ? false : 'unclear' in answer ? answer : true;
};

/** Words that stand for bits, in any spelling: `syn`, `fin,syn`, `(fin | syn)`. */
const wordsOf = (right: NftExpression): readonly string[] | undefined => {
	if (right.kind === 'value') return [String(right.value)];
	if (right.kind === 'binary' && right.op === '|') {
		const [one, other] = [wordsOf(right.left), wordsOf(right.right)];
		return one && other && [...one, ...other];
	}

	const parts = right.kind === 'list' ? right.parts : right.kind === 'set' ? right.elements.map(({value}) => value) : undefined;
	const words = parts?.map(part => (part.kind === 'value' ? String(part.value) : undefined));
	return words?.every(word => word !== undefined) ? words : undefined;
};

const equals = (right: NftExpression, left: NftExpression, table: Table): Comparison => {
	const words = wordsOf(right);
	const ofBits = (have: readonly string[]): Truth =>
		words ? words.some(word => have.includes(word)) : {unclear: 'flags are compared with what is not understood'};
	const known = plainly(right, left, table);
	return (value, path, walk) =>
		value.kind === 'bits' ? ofBits(value.words) : value.kind === 'unclear' ? {unclear: value.why} : known(value, path, walk);
};

const plainly = (right: NftExpression, left: NftExpression, table: Table): Comparison => {
	if (right.kind === 'set') {
		const container = setOf(right.elements, left);
		return value => inContainer(container, value);
	}

	if (right.kind === 'named') {
		const container = table.setFor(right.name, left);
		return (value, path, walk) =>
			isRemembered(table, right.name, left, path, walk) ||
			(container ? inContainer(container, value) : {unclear: `there is no set ${right.name}`});
	}

	if (right.kind === 'list') {
		const each = right.parts.map(part => plainly(part, left, table));
		return (value, path, walk) => any(each.map(compare => compare(value, path, walk)));
	}

	if (right.kind === 'concat') {
		const container = setOf([{value: right}], left);
		return value => inContainer(container, value);
	}

	const matches = matcherOf(right, protocolsIn(left)[0] ?? false);
	return value => (value.kind === 'scalar' ? matches(value) : {unclear: 'a comparison is not understood'});
};

const ordered = (op: '<' | '>' | '<=' | '>=', right: NftExpression): Comparison => {
	const {number, ip} = right.kind === 'value' ? ofConstant(right.value, false) : {};
	return value => {
		if (value.kind === 'unclear') return {unclear: value.why};
		if (value.kind !== 'scalar' || value.number === undefined || number === undefined || value.ip?.family !== ip?.family)
			return {unclear: 'a comparison is not understood'};
		return op === '<'
			? value.number < number
			: op === '>'
				? value.number > number
				: op === '<='
					? value.number <= number
					: value.number >= number;
	};
};

/** `exists` and `missing` are true and false in nft's JSON. */
const existence =
	(exists: boolean): Comparison =>
	value =>
		value.kind === 'unclear' ? {unclear: value.why} : (value !== MISSING) === exists;

/** `tcp flags & (fin | syn) == syn`: of these bits, only that. */
const exactly = (right: NftExpression): Comparison => {
	const words = wordsOf(right);
	return value =>
		value.kind === 'bits' && words
			? value.words.length === words.length && value.words.every(word => words.includes(word))
			: {unclear: value.kind === 'unclear' ? value.why : 'flags are compared with what is not understood'};
};

const isMasked = (left: NftExpression): boolean =>
	left.kind === 'binary' && left.op === '&' && left.left.kind === 'payload' && left.left.field === 'flags';

const comparisonOf = ({op, left, right}: Match, table: Table): Comparison => {
	if (op === '<' || op === '>' || op === '<=' || op === '>=') return ordered(op, right);
	const isExistence = left.kind === 'fib' && right.kind === 'value' && typeof right.value === 'boolean';
	const equal = isExistence
		? existence(right.value === true)
		: isMasked(left) && op !== 'in'
			? exactly(right)
			: equals(right, left, table);
	return op === '!=' ? (value, path, walk) => not(equal(value, path, walk)) : equal;
};

/** Prepares a match. What the packet does not have matches nothing, negated or not. */
export const matchOf = (match: Match, table: Table): ((path: Path, walk: Walk) => readonly Compared[]) => {
	const {op, left, right} = match;
	const evaluate = evaluatorOf(left, table);
	const compare = comparisonOf(match, table);
	const asked = right.kind === 'named' && op !== '!=' ? right.name : undefined;
	return (path, walk) => {
		const then =
			asked !== undefined && isRemembered(table, asked, left, path, walk)
				? recognise(path, table.secondsOf(asked) ?? Infinity)
				: path;
		const all = evaluate(path, walk).map(({share, value}) => ({
			share,
			truth: value.kind === 'none' ? false : compare(value, path, walk),
		}));
		if (all.length === 1) return [{...all[0]!, path: then}];
		const shareOf = (truth: boolean) => all.reduce((sum, each) => sum + (each.truth === truth ? each.share : 0), 0);
		return [
			{share: shareOf(true), truth: true, path: then},
			{share: shareOf(false), truth: false, path: then},
			...all.filter(({truth}) => typeof truth !== 'boolean').map(each => ({...each, path: then})),
		];
	};
};
