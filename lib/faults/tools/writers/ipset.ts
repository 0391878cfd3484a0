import type {Edit} from '../edit.ts';
import {FaultError} from '../fault.ts';
import type {Writer} from './writer.ts';

type Entry = {
	readonly verb: 'add' | 'del';
	readonly set: string;
	readonly entry: string;
};

const entriesOf = (edit: Edit): readonly Entry[] => {
	const set = edit.where.replace(/^ipset /, '');
	if (edit.kind === 'add') return [{verb: 'add', set, entry: edit.text}];
	if (!edit.part) throw new FaultError(`${edit.where}: entries of it can be taken away, not the set`);
	const gone: Entry = {verb: 'del', set, entry: edit.part.text};
	return edit.kind === 'take' ? [gone] : [gone, {verb: 'add', set, entry: edit.to}];
};

const back = ({verb, ...rest}: Entry): Entry => ({verb: verb === 'add' ? 'del' : 'add', ...rest});
const input = (entries: readonly Entry[]): string => entries.map(({verb, set, entry}) => `${verb} ${set} ${entry}\n`).join('');

/** Takes entries out of sets and puts others in, all at once. */
export const ipsetWriter: Writer = {
	of: /^ipset /,
	write(edits, {node}) {
		const entries = edits.flatMap(edit => entriesOf(edit));
		const run = (stdin: string) => ({kind: 'run', node: node.name, argv: ['ipset', '-exist', 'restore'], stdin}) as const;
		return Promise.resolve({inject: [run(input(entries))], undo: [run(input(entries.toReversed().map(entry => back(entry))))]});
	},
};
