import {stateOf, type Fork, type Path, type Trail, type Walk} from './path.ts';
import {NEXT, type Branch, type Ended} from './step.ts';

/**
 * Walks a doubt both ways: a rule of which it cannot be told whether it matches need not spoil the verdict where the packet comes to the
 * same either way. `matched`: the packet as one that matches; `over`: as one that does not, or what ends its way.
 */
export const bothWays = (
	path: Path,
	{
		why,
		by,
		walk,
		at = 0,
	}: {
		readonly why: string;
		readonly by: Trail;
		readonly walk: Walk;
		readonly at?: number;
	},
): {readonly matched?: Path; readonly over: readonly Branch[]} => {
	if (--walk.budget.forks < 0) return {over: [{path, step: {then: 'unknown', why}}]};
	// The budget falls with each rule that is looked at.
	const side = (matched: boolean): Path => {
		const own: Fork = {id: `${walk.budget.left}.${at}`, matched, why, by};
		return {...path, forks: [...path.forks, own]};
	};
	return {matched: side(true), over: [{path: side(false), step: NEXT}]};
};

const sharesOf = (ended: readonly Ended[], keyOf: (ended: Ended) => string): ReadonlyMap<string, number> => {
	const shares = new Map<string, number>();
	for (const each of ended) shares.set(keyOf(each), (shares.get(keyOf(each)) ?? 0) + each.path.probability);
	return shares;
};

const isSame = (one: ReadonlyMap<string, number>, other: ReadonlyMap<string, number>): boolean =>
	one.size === other.size && [...one].every(([key, share]) => Math.abs((other.get(key) ?? -1) - share) < 1e-9);

/** What becomes of a packet in the end. */
const outcomeOf = ({end, path}: Ended): string =>
	end === 'accept' || end === 'return'
		? [
				path.destination.text,
				path.port,
				path.translated !== undefined,
				path.rewritten !== undefined,
				path.recognised,
				...path.remembered,
			].join(' ')
		: end;

const passesOn = (ended: Ended): string => (ended.end === 'accept' || ended.end === 'return' ? stateOf(ended.path) : ended.end);

const without = (ended: Ended, depth: number): Ended => ({
	...ended,
	path: {...ended.path, forks: ended.path.forks.filter((_, at) => at !== depth)},
});

type Otherwise = (matched: readonly Ended[], not: readonly Ended[], fork: Fork) => readonly Ended[];

/** Joins what a doubt has parted wherever both sides come to the same; that which does not rest on the doubtful match is kept. */
const joined = (ended: readonly Ended[], depth: number, keyOf: (ended: Ended) => string, otherwise: Otherwise): readonly Ended[] =>
	[...Map.groupBy(ended, ({path}) => path.forks[depth]?.id)].flatMap(([id, each]) => {
		const fork = each[0]?.path.forks[depth];
		if (id === undefined || !fork) return each;
		const sides = [true, false].map(side =>
			joined(
				each.filter(({path}) => path.forks[depth]?.matched === side),
				depth + 1,
				keyOf,
				otherwise,
			),
		);
		const [matched = [], not = []] = sides;
		const isClear = ![...matched, ...not].some(({end}) => end === 'unknown');
		return isClear && isSame(sharesOf(matched, keyOf), sharesOf(not, keyOf))
			? not.map(one => without(one, depth))
			: otherwise(matched, not, fork);
	});

/** At the end of a hook's chain: doubts that have left no trace on the packet are over, the others go on. */
export const joinedAgain = (ended: readonly Ended[], depth: number): readonly Ended[] =>
	ended.every(({path}) => path.forks.length <= depth) ? ended : joined(ended, depth, passesOn, (matched, not) => [...matched, ...not]);

/** Between two rules: sides of a doubt that go on in the same state are one again, as long as no part of them has come to an end. */
export const rejoined = (paths: readonly Path[], ended: readonly Ended[], depth: number): readonly Path[] => {
	if (paths.every(({forks}) => forks.length <= depth)) return paths;
	const over = new Set(ended.flatMap(({path: {forks}}) => forks.map(({id}) => id)));
	const sidesOf = ({path: {forks}}: Ended): string =>
		forks.some(({id}) => over.has(id)) ? forks.map(({matched}) => (matched ? '+' : '-')).join('') : '';
	return joined(
		paths.map(path => ({path, end: 'return'})),
		depth,
		each => `${passesOn(each)} ${sidesOf(each)}`,
		(matched, not) => [...matched, ...not],
	).map(({path}) => path);
};

/** At the end of the way: where the sides of a doubt come to something else, it cannot be told what becomes of the packet, and why. */
export const settled = (ended: readonly Ended[]): readonly Ended[] =>
	ended.every(({path}) => path.forks.length === 0)
		? ended
		: joined(ended, 0, outcomeOf, (matched, not, {why, by}) => {
				const [first] = [...matched, ...not];
				const probability = matched.reduce((sum, {path}) => sum + path.probability, 0);
				return first ? [{path: {...first.path, probability, forks: []}, end: 'unknown', why, by}] : [];
			});
