import type {Given} from '../options/options.ts';
import type {AddCommand} from './command.ts';
import {addOptions} from './flags.ts';

const addTest: AddCommand = (program, {interrupts, err, exit}) => {
	addOptions(
		program.command('test', {isDefault: true}).description('make a cluster, check it, write the reports, take the cluster down'),
		'test',
	).action(async (given: Given) => {
		const [{runTests}, {realWorld}] = await Promise.all([import('../run/orchestrate.ts'), import('../run/world.ts')]);
		exit(await runTests({...given, command: ['vipcheck', ...process.argv.slice(2)]}, realWorld({interrupts, err})));
	});
};

export default addTest;
