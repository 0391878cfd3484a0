import type {TargetFlags} from '../run/options.ts';
import type {AddCommand} from './command.ts';
import {targetFlags} from './flags.ts';

const addUp: AddCommand = (program, {interrupts, say, err, exit}) => {
	targetFlags(program.command('up').description('make a cluster that stays; the last line is its id'))
		.action(async (flags: TargetFlags) => {
			const [{up}, {loadProviders}] = await Promise.all([import('../run/up.ts'), import('../run/providers.ts')]);
			const cluster = await up(flags, {providers: await loadProviders(), interrupts, crashes: process, out: process.stdout, err});
			if (!cluster) {
				exit(130);
				return;
			}
			say(['', ...cluster.usage, `vipcheck test --reuse ${cluster.id}`, `vipcheck down ${cluster.id}   # its end`, '', cluster.id].join('\n'));
		});
};

export default addUp;
