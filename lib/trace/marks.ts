import type {Path, Trail} from './path.ts';

/** The value of a mark under a mask, or why it cannot be told. */
export const markOf = (path: Path, which: 'mark' | 'connectionMark', mask: number): number | {readonly unclear: string} =>
	path.unsure && (path.unsure[which] & mask) !== 0 ? {unclear: path.unsure.why} : (path[which] & mask) >>> 0;

/** The mark that a change makes, where it may or may not be made: the bits that come out otherwise cannot be told from there on. */
export const perhapsMarked = (before: Path, after: Path, why: string): Path => {
	const bits = (which: 'mark' | 'connectionMark'): number =>
		((before[which] ^ after[which]) | (before.unsure?.[which] ?? 0) | (after.unsure?.[which] ?? 0)) >>> 0;
	return {...before, unsure: {mark: bits('mark'), connectionMark: bits('connectionMark'), why}};
};

const surely = (path: Path): Path => {
	const {unsure, ...rest} = path;
	return unsure && (unsure.mark | unsure.connectionMark) === 0 ? rest : path;
};

/** Remembers what has changed a packet's mark. */
export const withMarker = (before: Path, after: Path, by: Trail): Path => {
	const [set, cleared] = [(after.mark & ~before.mark) >>> 0, (before.mark & ~after.mark) >>> 0];
	return set === 0 && cleared === 0 ? after : {...after, marks: [...(before.marks ?? []), {set, cleared, by}]};
};

/** Marks a packet: `set` makes the new mark of the old one. A bit that is set whatever it was before can be told again. */
export const marked = (path: Path, which: 'mark' | 'connectionMark', set: (mark: number) => number, trail: Trail): Path => {
	const then = withMarker(path, {...path, [which]: set(path[which])}, trail);
	if (!path.unsure) return then;
	// Bits that come out the same of both values are told again.
	const unsure = (set(path[which]) ^ set((path[which] ^ path.unsure[which]) >>> 0)) >>> 0;
	return surely({...then, unsure: {...path.unsure, [which]: unsure}});
};
