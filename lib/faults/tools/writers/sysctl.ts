import type {Command} from '../../../change/command.ts';
import {FaultError} from '../fault.ts';
import type {Writer} from './writer.ts';

/** Gives settings of the kernel another value. */
export const sysctlWriter: Writer = {
	of: /^sysctl$/,
	write(edits, {node}) {
		const set = (name: string, value: string): Command => ({
			kind: 'run',
			node: node.name,
			argv: ['sysctl', '-q', '-w', `${name}=${value}`],
		});
		const all = edits.map(edit => {
			if (edit.kind !== 'change') throw new FaultError('a setting of the kernel can be changed, nothing else');
			const [name = '', value = ''] = edit.part.pieces;
			return {inject: set(name, edit.to), undo: set(name, value.replace(/^= /, ''))};
		});
		return Promise.resolve({inject: all.map(({inject}) => inject), undo: all.map(({undo}) => undo)});
	},
};
