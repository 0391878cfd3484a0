import type {AddCommand} from './command.ts';
import {removals} from './removals.ts';

const addDown: AddCommand = (program, terminal) => {
	program
		.command('down')
		.description('take clusters of `up` down; without a name the only one there is')
		.argument('[cluster...]', 'id or directory')
		.option('--all', 'every kept cluster')
		.action(async (names: string[], {all = false}: {all?: boolean}) => {
			const [{chooseDown, refuseBusy, removeClusters}, {loadProviders}] = await Promise.all([
				import('../cluster/down.ts'),
				import('../cluster/providers.ts'),
			]);
			const clusters = await chooseDown(names, all);
			for (const cluster of clusters) await refuseBusy(cluster);
			if (clusters.length === 0) {
				terminal.say('no cluster is kept: nothing to take down');
				return;
			}
			const {done, finish} = removals(terminal);
			await removeClusters(clusters, await loadProviders(), {signals: terminal.interrupts.count, done});
			finish();
		});
};

export default addDown;
