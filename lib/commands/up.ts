import type {Given} from '../options/options.ts';
import type {AddCommand} from './command.ts';
import {addOptions} from './flags.ts';

const addUp: AddCommand = (program, {interrupts, say, err, exit}) => {
	addOptions(program.command('up').description('make a cluster that stays; the last line is its id'), 'up').action(
		async (given: Given) => {
			const [{up}, {realWorld}] = await Promise.all([import('../run/up.ts'), import('../run/world.ts')]);
			const cluster = await up(given, realWorld({interrupts, err}));
			if (!cluster) {
				exit(130);
				return;
			}
			say(
				[
					'',
					...cluster.usage,
					`vipcheck test --reuse ${cluster.id}`,
					`vipcheck down ${cluster.id}   # its end`,
					'',
					cluster.id,
				].join('\n'),
			);
		},
	);
};

export default addUp;
