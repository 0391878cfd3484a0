import type {Command} from '../../../change/command.ts';
import {DUMMY} from '../../../model/rules/ipvs/addresses.ts';
import {FaultError} from '../fault.ts';
import type {Writer} from './writer.ts';

/** Takes addresses off the interface that holds those of Services, and puts others on it. */
export const addressWriter: Writer = {
	of: new RegExp(`^${DUMMY}$`),
	write(edits, {node}) {
		const ip = (...argv: readonly string[]): Command => ({
			kind: 'run',
			node: node.name,
			argv: ['ip', 'address', ...argv, 'dev', DUMMY],
		});
		const gone = (address: string): Command => ({
			kind: 'run',
			node: node.name,
			argv: ['sh', '-c', 'ip address del "$1" dev "$2" 2>/dev/null; true', 'del', address, DUMMY],
		});
		const all = edits.map(edit => {
			if (edit.kind === 'add') return {inject: ip('add', edit.text), undo: gone(edit.text)};
			if (edit.kind === 'change' || !edit.part)
				throw new FaultError(`${DUMMY}: addresses can be taken off and put on it, nothing else`);
			return {inject: ip('del', edit.part.text), undo: ip('replace', edit.part.text)};
		});
		return Promise.resolve({inject: all.map(({inject}) => inject), undo: all.map(({undo}) => undo)});
	},
};
