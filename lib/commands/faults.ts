import type {Given} from '../options/options.ts';
import type {AddCommand} from './command.ts';
import {addOptions} from './flags.ts';

const addFaults: AddCommand = (program, {interrupts, say, err, exit}) => {
	addOptions(
		program
			.command('faults')
			.description(
				'prove that the checks go red: put each fault in that a check names, see the check fail and name the node and ' +
					'the layer, take the fault out',
			),
		'faults',
	).action(async (given: Given) => {
		if (given.undo !== undefined) {
			const [{attach}, {undoAll}] = await Promise.all([import('../cluster/attach.ts'), import('../change/undo.ts')]);
			const cluster = await attach(given.undo);
			const undone = await undoAll(cluster);
			say(
				undone.length === 0
					? `cluster ${cluster.id} has no fault in it`
					: `taken out of cluster ${cluster.id}: ${undone.join(', ')}`,
			);
			return;
		}
		const [{runFaults}, {realWorld}] = await Promise.all([import('../run/orchestrate.ts'), import('../run/world.ts')]);
		exit(await runFaults({...given, command: ['vipcheck', ...process.argv.slice(2)]}, realWorld({interrupts, err})));
	});
};

export default addFaults;
